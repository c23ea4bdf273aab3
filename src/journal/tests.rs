use super::*;
use crate::secret::Secret;

const KEPT: Kept = Kept { seconds: 90 * 24 * 3600, bytes: 200 * 1024 * 1024 };

fn place(profile: &str) -> Place {
    Place { profile: profile.into(), server: "http://odoo".into(), database: "d".into() }
}

fn journal(state: &Path, profile: &str) -> Journal {
    Journal::new(state, place(profile), Arc::default(), KEPT, true)
}

fn now(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_770_000_000 + seconds)
}

fn members(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn an_entry_is_found_by_its_id_or_the_beginning_of_it_and_by_its_own_profile_alone() {
    let state = tempfile::tempdir().unwrap();
    let journal = journal(state.path(), "a");
    let id = journal.intend(members(json!({ "model": "m", "digest": "x" })), now(0)).unwrap();
    journal.end(&id, members(json!({ "effect": "done" })), now(1)).unwrap();
    for name in [&id[..], &id[..6]] {
        let entry = journal.entry(name).unwrap();
        assert_eq!((entry.id.as_str(), entry.state(), entry.at()), (id.as_str(), State::Done, 1_770_000_000));
    }
    assert_eq!(journal.entry("0000").unwrap_err().code, Code::NotFound);
    assert!(super::tests::journal(state.path(), "b").read().unwrap().entries.all().is_empty());
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&file::segments(journal.directory())[0].path).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_other_profiles_did_in_the_database_is_known_and_elsewhere_is_not() {
    let state = tempfile::tempdir().unwrap();
    let (here, beside) = (journal(state.path(), "a"), journal(state.path(), "b"));
    let elsewhere = Place { database: "e".into(), ..place("a") };
    let elsewhere = Journal::new(state.path(), elsewhere, Arc::default(), KEPT, true);
    let all = [&here, &beside, &elsewhere].map(|one| one.intend(members(json!({})), now(0)).unwrap());
    let found = || {
        let (found, unread) = here.beside_it();
        (found.into_iter().map(|entry| entry.id).collect::<Vec<_>>(), unread)
    };
    assert_eq!(found(), (all[1..2].to_vec(), 0));
    // What cannot be read of another profile is counted, and its own is read all the same.
    let file = file::segments(beside.directory())[0].path.clone();
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("elsewhere", &file).unwrap();
    assert_eq!(found(), (Vec::new(), 1));
    assert_eq!(here.read().unwrap().entries.all().len(), 1);
    let held = here.hold("undo", &all[0], Duration::ZERO).unwrap();
    assert_eq!(here.hold("undo", &all[0], Duration::ZERO).err().unwrap().code, Code::Busy);
    drop(held);
    here.hold("undo", &all[0], Duration::ZERO).unwrap();
}

#[test]
fn a_key_is_blacked_out_wherever_it_stands() {
    let state = tempfile::tempdir().unwrap();
    let veil = Arc::new(Veil::default());
    let key = "0123456789abcdef0123456789abcdef01234567";
    veil.keep(&Secret::new(key.into()));
    let journal = Journal::new(state.path(), place("a"), veil, KEPT, true);
    journal.intend(members(json!({ "values": { "note": format!("see {key}") } })), now(0)).unwrap();
    let text = std::fs::read_to_string(&file::segments(journal.directory())[0].path).unwrap();
    assert!(!text.contains(key) && text.contains("(redacted)"), "{text}");
    assert!(journal.verified().unwrap().damaged.is_empty());
}

#[test]
fn a_repeat_is_seen_within_its_time_and_not_where_the_first_changed_nothing() {
    let state = tempfile::tempdir().unwrap();
    let journal = journal(state.path(), "a");
    let seconds = 1_770_000_000;
    let id = journal.intend(members(json!({ "digest": "x" })), now(0)).unwrap();
    let seen = |digest: &str, at: u64| journal.recent(digest, seconds + at, 600).map(|entry| entry.id);
    assert_eq!(seen("x", 5), Some(id.clone()), "what is open may have been done");
    journal.end(&id, members(json!({ "effect": "done" })), now(1)).unwrap();
    assert_eq!((seen("x", 599), seen("x", 600), seen("y", 5)), (Some(id), None, None));
    let refused = journal.intend(members(json!({ "digest": "y" })), now(0)).unwrap();
    journal.end(&refused, members(json!({ "effect": "rejected", "code": "rejected" })), now(1)).unwrap();
    assert_eq!(seen("y", 5), None);
    // A clock that went back by a minute.
    assert!(journal.recent("x", seconds - 60, 600).is_some());
}

#[test]
fn many_writers_leave_whole_lines_in_one_chain() {
    let state = tempfile::tempdir().unwrap();
    let journal = journal(state.path(), "a");
    std::thread::scope(|scope| {
        for number in 0..64 {
            let journal = journal.clone();
            scope.spawn(move || {
                let id = journal.intend(members(json!({ "n": number })), now(number)).unwrap();
                journal.end(&id, members(json!({ "effect": "done" })), now(number)).unwrap();
            });
        }
    });
    let reading = journal.read().unwrap();
    let entries = reading.entries.all();
    assert_eq!(entries.len(), 64);
    assert!(entries.iter().all(|entry| entry.state() == State::Done));
    let found = journal.verified().unwrap();
    assert_eq!((found.lines, found.damaged.len(), found.cut.len()), (128, 0, 0));
}

#[test]
fn lines_of_two_machines_side_by_side_are_all_entries() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (journal(one.path(), "a"), journal(other.path(), "a"));
    for journal in [&here, &there] {
        for _ in 0..20 {
            journal.intend(members(json!({ "model": "m" })), now(0)).unwrap();
        }
    }
    let theirs = file::segments(there.directory())[0].path.clone();
    std::fs::copy(theirs, here.directory().join("00000002.1770000001.ndjson")).unwrap();
    let mut ids: Vec<String> =
        here.read().unwrap().entries.all().iter().map(|entry| entry.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    assert_eq!(here.verified().unwrap().damaged.len(), 1, "the seam shows");
}

#[test]
fn what_is_asked_of_the_latest_is_not_looked_for_in_all() {
    let state = tempfile::tempdir().unwrap();
    let journal = journal(state.path(), "a");
    const WEEKS: u64 = 8 * 24 * 3600;
    let intend = |model: &str, at: u64| journal.intend(members(json!({ "model": model })), now(at)).unwrap();
    let ids: Vec<String> = (0..4).map(|week| intend(&format!("m{week}"), week * WEEKS)).collect();
    journal.end(&ids[0], members(json!({ "effect": "done" })), now(3 * WEEKS + 1)).unwrap();
    assert_eq!(file::segments(journal.directory()).len(), 4);
    let models = |reading: &Reading| {
        reading.entries.all().iter().map(|entry| entry.model().to_string()).collect::<Vec<String>>()
    };
    let (latest, earlier) = journal.latest(&|all| !all.all().is_empty()).unwrap();
    assert_eq!((models(&latest), earlier), (vec!["m3".to_string()], 3));
    let (all, earlier) = journal.latest(&|all| all.all().len() > 1).unwrap();
    assert_eq!((models(&all).len(), earlier), (4, 0));
    for (id, count) in
        [(&ids[0][..], 4), (&ids[1], 4), (&ids[2], 3), (&ids[3], 2), (&ids[3][..11], 2), ("none", 0)]
    {
        let reading = journal.read_since(id).unwrap();
        assert_eq!(reading.entries.all().len(), count, "{id}");
        assert_eq!(journal.of(&reading, id).is_ok(), count > 0);
    }
    let first = journal.read_since(&ids[0]).unwrap();
    assert_eq!(first.entries.get(&ids[0]).unwrap().state(), State::Done, "its end stands in a later file");
    // What is read once is read on.
    let mut reading = journal.read_since(&ids[3]).unwrap();
    intend("m4", 3 * WEEKS + 2);
    journal.read_on(&mut reading).unwrap();
    assert_eq!(models(&reading), ["m2", "m3", "m4"]);
}

#[test]
fn a_reading_goes_on_where_it_stopped() {
    let state = tempfile::tempdir().unwrap();
    let journal = journal(state.path(), "a");
    let mut reading = journal.read().unwrap();
    assert!(reading.entries.all().is_empty());
    let id = journal.intend(members(json!({ "model": "m" })), now(0)).unwrap();
    journal.read_on(&mut reading).unwrap();
    assert_eq!(reading.entries.all()[0].state(), State::Open);
    // Half a line is read again once it is whole, in this file and in the next.
    let path = file::segments(journal.directory())[0].path.clone();
    let whole = std::fs::read_to_string(&path).unwrap();
    journal.end(&id, members(json!({ "effect": "done" })), now(1)).unwrap();
    let ended = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &ended[..whole.len() + 20]).unwrap();
    journal.read_on(&mut reading).unwrap();
    assert_eq!(reading.entries.all()[0].state(), State::Open);
    std::fs::write(&path, &ended).unwrap();
    journal.intend(members(json!({ "model": "n" })), now(8 * 24 * 3600)).unwrap();
    journal.read_on(&mut reading).unwrap();
    assert_eq!(file::segments(journal.directory()).len(), 2);
    let found: Vec<(&str, State)> =
        reading.entries.all().iter().map(|entry| (entry.model(), entry.state())).collect();
    assert_eq!(found, [("m", State::Done), ("n", State::Open)]);
    assert_eq!(journal.read().unwrap().entries.all(), reading.entries.all());
}
