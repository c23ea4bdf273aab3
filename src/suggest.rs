//! "Did you mean": the closest of the names there are, if any is close enough to be meant.

/// The closest candidate, by Jaro-Winkler similarity of at least 0.8.
pub fn closest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    #[test]
    fn close_names_are_found_and_far_ones_are_not() {
        let names = ["domain", "fields", "limit"];
        assert_eq!(super::closest("domian", names.into_iter()), Some("domain"));
        assert_eq!(super::closest("xyz", names.into_iter()), None);
    }
}
