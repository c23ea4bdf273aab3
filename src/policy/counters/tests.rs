use super::*;

fn due(max: u64, window: u64) -> Due {
    Due {
        pointer: "/x".into(),
        key: "k".into(),
        window,
        max: Decimal::whole(max),
        amount: Decimal::ONE,
        reason: None,
    }
}

fn counters() -> (tempfile::TempDir, Counters) {
    let directory = tempfile::tempdir().unwrap();
    let counters = Counters::new(directory.path());
    (directory, counters)
}

fn is_taken(counters: &Counters, due: &Due, now: u64) -> bool {
    matches!(counters.reserve(&[due], now).unwrap(), Reserved::Taken(_))
}

#[test]
fn a_window_slides_and_does_not_begin_anew_at_a_full_minute() {
    let (_home, counters) = counters();
    let due = due(10, 60_000);
    // Ten in the last second of a minute, and none in the first of the next.
    for _ in 0..10 {
        assert!(is_taken(&counters, &due, 59_000));
    }
    assert!(!is_taken(&counters, &due, 61_000));
    assert_eq!(counters.reserve(&[&due], 61_000).unwrap(), Reserved::Full { at: 0, retry_after: Some(58) });
    assert!(is_taken(&counters, &due, 119_000));
}

#[test]
fn what_is_given_back_is_exactly_what_was_taken() {
    let (_home, counters) = counters();
    let due = due(1, 60_000);
    let Reserved::Taken(old) = counters.reserve(&[&due], 1_000).unwrap() else { panic!() };
    // The window went on, and somebody else has taken the next.
    assert!(is_taken(&counters, &due, 61_000));
    counters.give_back(&old).unwrap();
    assert!(!is_taken(&counters, &due, 61_500));
}

#[test]
fn a_clock_that_goes_back_opens_nothing() {
    let (_home, counters) = counters();
    let due = due(1, 60_000);
    assert!(is_taken(&counters, &due, 100_000));
    assert!(!is_taken(&counters, &due, 0));
    assert!(!is_taken(&counters, &due, 10_000_000 - 9_900_001));
    assert!(is_taken(&counters, &due, 160_000));
    assert_eq!(counters.latest(5).unwrap(), 160_000);
}

#[test]
fn amounts_that_are_more_than_can_be_held_close_and_none_is_dropped() {
    let huge = Decimal::parse("1e26").unwrap();
    let mut state = State { latest: 10_000, next: 0, counters: BTreeMap::new() };
    let events = (0..5_000).map(|at| Event { at: at + 1, amount: huge, number: at }).collect();
    state.counters.insert(named("k"), Counter { window: 60_000, events });
    state.prune();
    let due = due(1, 60_000);
    assert_eq!(state.taken(&due), None);
    assert_eq!(state.full(&[&due], 10_000), Some((0, Some(60))));
}

#[test]
fn who_waits_for_a_clock_that_went_back_is_told_how_long() {
    let (_home, counters) = counters();
    let due = due(1, 60_000);
    assert!(is_taken(&counters, &due, 1_000_000));
    let Reserved::Full { retry_after, .. } = counters.reserve(&[&due], 400_000).unwrap() else { panic!() };
    assert_eq!(retry_after, Some(660));
    assert!(is_taken(&counters, &due, 400_000 + 660_000));
}

#[test]
fn a_file_that_cannot_be_understood_closes() {
    let (_home, counters) = counters();
    let due = due(5, 60_000);
    assert!(is_taken(&counters, &due, 1_000));
    for text in [
        "",
        "{",
        "[]",
        "{\"form\":2}",
        "{\"form\":1,\"latest\":0,\"next\":0,\"counters\":{\"k\":{\"window\":1,\"events\":[[0,0,\"-5\"]]}}}",
    ] {
        fsio::write_atomically(&counters.file(), &[text.as_bytes()], false).unwrap();
        assert!(counters.reserve(&[&due], 1_000).is_err(), "{text}");
    }
}

#[test]
fn two_limits_of_one_count_take_it_once_and_all_or_none() {
    let (_home, counters) = counters();
    let (minute, hour) = (due(2, 60_000), due(3, 3_600_000));
    assert!(matches!(counters.reserve(&[&minute, &hour], 1_000).unwrap(), Reserved::Taken(_)));
    assert!(matches!(counters.reserve(&[&minute, &hour], 1_000).unwrap(), Reserved::Taken(_)));
    assert!(matches!(counters.reserve(&[&minute, &hour], 1_000).unwrap(), Reserved::Full { at: 0, .. }));
    let (_, left) = counters.look(&[&minute, &hour], 1_000).unwrap();
    assert_eq!(left, [Decimal::ZERO, Decimal::ONE]);
}

#[test]
fn amounts_that_are_put_together_open_nothing() {
    let (_home, counters) = counters();
    let mut state = State { latest: 10_000, next: 0, counters: BTreeMap::new() };
    let events = (0..5_000).map(|at| Event { at: at + 1, amount: Decimal::ONE, number: at }).collect();
    state.counters.insert(named("k"), Counter { window: 60_000, events });
    state.prune();
    assert!(state.counters[&named("k")].events.len() < 5_000);
    assert_eq!(state.taken(&due(1, 60_000)), Some(Decimal::whole(5_000)));
    drop(counters);
}

#[test]
fn two_limits_of_one_count_take_it_once_and_the_larger_amount() {
    let (_home, counters) = counters();
    let part = due(10, 60_000);
    let whole = Due { amount: Decimal::whole(4), ..due(10, 60_000) };
    for now in [1_000, 2_000] {
        assert!(matches!(counters.reserve(&[&part, &whole], now).unwrap(), Reserved::Taken(_)));
    }
    assert_eq!(counters.look(&[&part], 3_000).unwrap().1, [Decimal::whole(2)]);
}
