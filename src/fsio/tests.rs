//! What files are read and written, and which are not.

use super::*;

#[test]
fn a_failed_write_leaves_the_old_file_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("entry");
    write_atomically(&path, &[b"old"], true).unwrap();
    let missing = directory.path().join("absent").join("entry");
    assert!(write_atomically(&missing, &[b"new"], false).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn what_was_left_half_written_is_swept_once_nobody_can_be_writing_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, b"x").unwrap();
        path
    };
    let (left, entry, linked) = (file(".writing-abc"), file("entry"), directory.path().join(".writing-link"));
    std::os::unix::fs::symlink(&entry, &linked).unwrap();
    let now = std::fs::metadata(&left).unwrap().modified().unwrap();
    sweep(directory.path(), now + ABANDONED);
    assert!(left.exists(), "somebody may be writing it");
    sweep(directory.path(), now + ABANDONED + Duration::from_secs(1));
    assert!(!left.exists() && entry.exists() && linked.exists());
}

#[test]
fn a_directory_that_others_can_change_is_told_from_one_of_the_users_own() {
    let directory = tempfile::tempdir().unwrap();
    for (mode, must) in
        [(0o700, false), (0o755, false), (0o775, false), (0o777, true), (0o757, true), (0o1777, false)]
    {
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(strangers_can_replace_in(directory.path()).unwrap(), must, "{mode:o}");
    }
}

#[test]
fn reading_stops_at_the_limit_and_at_links() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, b"12345").unwrap();
    assert_eq!(read_to_limit(&mut open_for_reading(&path, false).unwrap(), 5).unwrap(), b"12345");
    assert!(read_to_limit(&mut open_for_reading(&path, false).unwrap(), 4).is_err());
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(open_for_reading(&link, false).is_err());
    assert!(open_for_reading(&link, true).is_ok());
}

#[test]
fn a_lock_is_exclusive_and_gives_up() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let held = Lock::acquire(&path, Duration::ZERO).unwrap();
    assert!(Lock::acquire(&path, Duration::from_millis(20)).is_err());
    drop(held);
    assert!(Lock::acquire(&path, Duration::ZERO).is_ok());
}
