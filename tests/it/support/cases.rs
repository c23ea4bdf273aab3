//! Cases that mostly wait, done side by side.

use std::sync::atomic::{AtomicUsize, Ordering};

/// As many as wait at once.
const WORKERS: usize = 16;

/// Does all of them at once, as each waits for long; what fails in one fails the test.
pub fn at_once<T: Sync>(cases: &[T], work: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| work(case));
        }
    });
}

/// Does every case and fails with what is wrong of any of them.
#[track_caller]
pub fn side_by_side<T: Sync>(cases: &[T], work: impl Fn(&T) -> Option<String> + Sync) {
    let next = AtomicUsize::new(0);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let worker = || {
            let mut failures = Vec::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                failures.extend(work(case));
            }
            failures
        };
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
