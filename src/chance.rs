//! Names that nobody else has: digits that cannot be foreseen, from the keys that a map of the standard library begins
//! with. They tell things apart and are no secrets.

use std::hash::{BuildHasher, Hasher};

/// A name of so many hex digits, at most sixteen.
pub fn name(digits: usize) -> String {
    let mut name = format!("{:016x}", std::hash::RandomState::new().build_hasher().finish());
    name.truncate(digits);
    name
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_are_alike() {
        let mut names: Vec<String> = (0..1000).map(|_| super::name(12)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| name.len() == 12));
    }
}
