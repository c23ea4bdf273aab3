//! "Did you mean": the closest of the names there are, if any is close enough to be meant.

/// What is longer is no misspelt name, and comparing it would take as long as a client likes.
const LONGEST: usize = 128;

/// The closest candidate, by Jaro-Winkler similarity of at least 0.8.
pub fn closest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > LONGEST {
        return None;
    }
    candidates
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// The same for names of models, whose first words many have in common: no more than a quarter of the letters apart, or
/// one of them the beginning of the other.
pub fn closest_model<'a>(given: &str, models: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let begins = |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'));
    let most = (given.chars().count() / 4).max(2);
    closest(
        given,
        models.filter(|model| {
            strsim::osa_distance(given, model) <= most || begins(model, given) || begins(given, model)
        }),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn models_that_begin_alike_are_not_taken_for_each_other() {
        let models =
            ["hr.skill.type", "hr.employee", "mail.compose.message", "project.task", "sale.order.line"];
        for (given, meant) in [
            ("hr.payslip", None),
            ("hr.skills", None),
            ("project.sprint", None),
            ("hr.employees", Some("hr.employee")),
            ("project.taks", Some("project.task")),
            ("mail.compose", Some("mail.compose.message")),
            ("sale.order.lines", Some("sale.order.line")),
            ("sale_order_line", Some("sale.order.line")),
        ] {
            assert_eq!(super::closest_model(given, models.into_iter()), meant, "{given}");
        }
    }

    #[test]
    fn what_is_longer_than_any_name_is_not_compared() {
        let name = format!("x_{}", "studio_".repeat(8));
        let misspelt = name.replacen("studio", "stduio", 1);
        assert_eq!(super::closest(&misspelt, [name.as_str()].into_iter()), Some(name.as_str()));
        let names = || (0..).map(|_| "name").take_while(|_| panic!("compared"));
        for given in ["name".repeat(100), "name".repeat(1_000_000)] {
            assert_eq!(super::closest(&given, names()), None);
            assert_eq!(super::closest_model(&given, names()), None);
        }
    }

    #[test]
    fn close_names_are_found_and_far_ones_are_not() {
        let names = ["domain", "fields", "limit"];
        assert_eq!(super::closest("domian", names.into_iter()), Some("domain"));
        assert_eq!(super::closest("xyz", names.into_iter()), None);
    }
}
