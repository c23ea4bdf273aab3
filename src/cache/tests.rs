//! What a cache promises: of entries, owners, generations and disks.

use super::*;
use crate::clock::Clock;
use proptest::prelude::*;

const DAY: Duration = Duration::from_secs(86_400);

fn clock() -> SharedClock {
    std::sync::Arc::new(clock::System)
}

/// A clock that stands.
struct Standing(u64);

impl Clock for Standing {
    fn now(&self) -> std::time::SystemTime {
        std::time::UNIX_EPOCH + Duration::from_secs(self.0)
    }

    fn instant(&self) -> std::time::Instant {
        clock().instant()
    }

    fn sleep(&self, _: Duration) {}
}

fn at(second: u64) -> SharedClock {
    std::sync::Arc::new(Standing(second))
}

fn owner(base_url: &str, database: &str, user: &str) -> Owner {
    Owner { base_url: base_url.into(), database: database.into(), user: user.into() }
}

fn path_of(cache: &Cache, key: &Key) -> PathBuf {
    cache.path(key, &key.text())
}

fn fresh(cache: &Cache, key: &Key, ttl: Duration) -> Option<String> {
    match cache.find(key, ttl) {
        Found::Fresh(entry) => Some(entry.body),
        _ => None,
    }
}

#[test]
fn corrupt_truncated_and_foreign_files_are_misses() {
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::new(home.path(), clock());
    let whose = owner("https://a", "d", "u");
    let key = Key { owner: &whose, section: Section::Schema, model: "res.partner", question: json!({}) };
    let other = Key { owner: &whose, section: Section::Schema, model: "res.partner", question: json!(1) };
    cache.store(&key, "{\"a\":1}", None, "").unwrap();
    assert_eq!(fresh(&cache, &key, DAY).unwrap(), "{\"a\":1}");
    assert!(fresh(&cache, &key, Duration::ZERO).is_none());
    let path = path_of(&cache, &key);
    let whole = fs::read(&path).unwrap();
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        assert!(fresh(&cache, &key, DAY).is_none(), "cut at {cut}");
    }
    fs::write(&path, [whole.clone(), b"x".to_vec()].concat()).unwrap();
    assert!(fresh(&cache, &key, DAY).is_none());
    fs::write(path_of(&cache, &other), &whole).unwrap();
    assert!(fresh(&cache, &other, DAY).is_none(), "an entry under another question's name");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(path_of(&cache, &other), &path).unwrap();
    assert!(fresh(&cache, &key, DAY).is_none(), "a link");
}

#[test]
fn a_byte_that_a_disk_changed_is_a_miss_wherever_it_stands() {
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::new(home.path(), clock());
    let whose = owner("https://a", "d", "u");
    let key = Key { owner: &whose, section: Section::Schema, model: "res.partner", question: json!({}) };
    let body = r#"{"amount":100,"name":"Azure Interior"}"#;
    cache.store(&key, body, None, "").unwrap();
    let path = path_of(&cache, &key);
    let whole = fs::read(&path).unwrap();
    let begin = whole.len() - body.len();
    for at in begin..whole.len() {
        for changed in [b'0', b'1', b'z', b' '] {
            let mut damaged = whole.clone();
            damaged[at] = changed;
            fs::write(&path, &damaged).unwrap();
            let found = fresh(&cache, &key, DAY);
            assert_eq!(found.is_some(), damaged == whole, "{at}: {found:?}");
        }
    }
    // Two that change places leave every sum of bytes as it was.
    let mut swapped = whole.clone();
    swapped.swap(begin + 10, begin + 11);
    fs::write(&path, &swapped).unwrap();
    assert!(fresh(&cache, &key, DAY).is_none());
}

#[test]
fn clearing_beside_others_fails_for_nobody_and_keeps_what_was_fetched_before_a_write_out() {
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::new(home.path(), clock());
    let whose = owner("https://a", "d", "u");
    let key = |question: usize| Key {
        owner: &whose,
        section: if question.is_multiple_of(2) { Section::Lookup } else { Section::Schema },
        model: "res.partner",
        question: json!(question),
    };
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let (cache, key) = (&cache, &key);
            scope.spawn(move || {
                for nth in 0..200 {
                    let key = key(nth * 3 + thread);
                    cache.store(&key, "[]", None, &cache.generation(&key)).unwrap();
                    cache.forget_lookups(key.owner, "res.partner").unwrap();
                }
            });
        }
        for _ in 0..100 {
            cache.clear().unwrap();
        }
    });
    // Fetched, then written by another, then cleared by a third, then stored.
    let key = key(0);
    let before = cache.generation(&key);
    cache.forget_lookups(&whose, "res.partner").unwrap();
    cache.clear().unwrap();
    cache.store(&key, "[]", None, &before).unwrap();
    assert!(fresh(&cache, &key, DAY).is_none());
    fs::write(home.path().join("v1").join(".writing-left"), b"x").unwrap();
    assert_eq!(cache.clear().unwrap(), 1);
    assert_eq!(cache.clear().unwrap(), 0);
    assert!(!home.path().join("v1").join(".writing-left").exists());
}

#[test]
fn a_write_during_a_fetch_keeps_the_old_answer_out() {
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::new(home.path(), clock());
    let whose = owner("https://a", "d", "u");
    let key = Key { owner: &whose, section: Section::Lookup, model: "res.partner", question: json!("q") };
    let before = cache.generation(&key);
    cache.forget_lookups(&whose, "res.partner").unwrap();
    cache.store(&key, "[]", None, &before).unwrap();
    assert!(fresh(&cache, &key, DAY).is_none());
    let after = cache.generation(&key);
    cache.store(&key, "[1]", None, &after).unwrap();
    assert_eq!(fresh(&cache, &key, DAY).unwrap(), "[1]");
    cache.forget_lookups(&owner("https://a", "d", "somebody else"), "res.partner").unwrap();
    assert!(fresh(&cache, &key, DAY).is_none());
}

#[test]
fn a_write_that_changed_nothing_gives_the_lookups_back_unless_another_came_between() {
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::new(home.path(), clock());
    let whose = owner("https://a", "d", "u");
    let key = Key { owner: &whose, section: Section::Lookup, model: "res.partner", question: json!("q") };
    for other in [None, Some(false), Some(true)] {
        cache.store(&key, "[]", None, &cache.generation(&key)).unwrap();
        let suspended = cache.suspend_lookups(&whose, "res.partner").unwrap();
        assert!(fresh(&cache, &key, DAY).is_none(), "while a write is under way");
        match other {
            Some(true) => cache.forget_lookups(&whose, "res.partner").unwrap(),
            Some(false) => drop(cache.suspend_lookups(&whose, "res.partner").unwrap()),
            None => {}
        }
        suspended.give_back().unwrap();
        assert_eq!(fresh(&cache, &key, DAY).is_some(), other.is_none(), "{other:?}");
    }
}

#[test]
fn what_is_fetched_while_a_write_is_under_way_is_not_kept_whatever_becomes_of_the_write() {
    let home = tempfile::tempdir().unwrap();
    let cache = |second: u64| Cache::new(home.path(), at(second));
    let whose = owner("https://a", "d", "u");
    let key = Key { owner: &whose, section: Section::Lookup, model: "res.partner", question: json!("q") };
    let look = |second: u64| {
        let cache = cache(second);
        let kept = fresh(&cache, &key, DAY).is_some();
        cache.store(&key, "[]", None, &cache.generation(&key)).unwrap();
        kept
    };
    assert!(!look(1_000_000));
    assert!(look(1_000_000));
    // Its run is killed: nobody says when it ended.
    drop(cache(1_000_010).suspend_lookups(&whose, "res.partner").unwrap());
    for second in [1_000_010, 1_000_011, 1_000_609] {
        assert!(!look(second), "{second}");
    }
    assert!(!look(1_000_610), "fetched while it may have been under way");
    assert!(look(1_000_611));
    // A clock that was put back.
    drop(cache(2_000_000).suspend_lookups(&whose, "res.partner").unwrap());
    assert!(!look(1_900_000));
    assert!(look(1_900_001));
}

#[test]
fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::new(&home.path().join("cache"), clock());
    let whose = owner("https://a", "d", "u");
    let key = Key { owner: &whose, section: Section::User, model: "res.users", question: json!({}) };
    cache.store(&key, "{}", None, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path_of(&cache, &key)), 0o600);
    assert_eq!(mode(path_of(&cache, &key).parent().unwrap()), 0o700);
    assert_eq!(mode(cache.root()), 0o700);
}

proptest! {
    #[test]
    fn different_questions_never_share_a_file(a in "[a-z ,\"]{0,8}", b in "[a-z ,\"]{0,8}", c in "[a-z ,\"]{0,8}", d in "[a-z ,\"]{0,8}") {
        let cache = Cache::new(Path::new("/nowhere"), clock());
        let (left, right) = (owner(&a, &b, "u"), owner(&c, &d, "u"));
        let path =
            |owner| path_of(&cache, &Key { owner, section: Section::Lookup, model: "m", question: json!([a, b]) });
        prop_assert_eq!(path(&left) == path(&right), (a.clone(), b.clone()) == (c, d));
    }
}
