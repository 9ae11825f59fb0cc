//! The model's measured numbers in groups that can be read.

use lungfield_contract::Measurement;

/// Measurements that have something in common, and what it is.
pub type Group<'a> = (&'a str, Vec<&'a Measurement>);

/// Whether a number is of pictures that get no answer, and not of the answers.
pub fn is_of_gate(measured: &Measurement) -> bool {
    measured.what.starts_with("gate_")
}

/// Whether a number is a share of films, which is read best in per cent; areas, errors and scores are plain numbers.
pub fn is_share(what: &str) -> bool {
    const SHARES: [&str; 6] =
        ["sensitivity", "specificity", "precision", "accuracy", "accuracy_where_certain", "uncertain_rate"];
    SHARES.contains(&what) || what.starts_with("gate_")
}

/// The numbers of the answers, by the films that they were measured on.
pub fn of_answers(measured: &[Measurement]) -> Vec<Group<'_>> {
    grouped(measured.iter().filter(|one| !is_of_gate(one)), |one| &one.films)
}

/// The numbers of pictures that get no answer, by what was measured.
pub fn of_gate(measured: &[Measurement]) -> Vec<Group<'_>> {
    grouped(measured.iter().filter(|one| is_of_gate(one)), |one| &one.what)
}

/// Groups and their members keep the order of their first appearance.
fn grouped<'a>(measured: impl Iterator<Item = &'a Measurement>, by: fn(&Measurement) -> &String) -> Vec<Group<'a>> {
    measured.fold(Vec::new(), |mut groups: Vec<Group<'a>>, one| {
        match groups.iter_mut().find(|(name, _)| name == by(one)) {
            Some((_, members)) => members.push(one),
            None => groups.push((by(one), vec![one])),
        }
        groups
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(what: &str, films: &str) -> Measurement {
        Measurement { what: what.into(), value: 0.5, low: None, high: None, n: 1, films: films.into() }
    }

    fn names(groups: Vec<Group<'_>>) -> Vec<(String, usize)> {
        groups.into_iter().map(|(name, members)| (name.to_owned(), members.len())).collect()
    }

    #[test]
    fn answers_are_grouped_by_films_and_the_gate_by_measure() {
        let all = [
            measured("auroc", "here"),
            measured("gate_refused", "bones"),
            measured("auroc", "there"),
            measured("ece", "here"),
            measured("gate_flagged", "adults"),
            measured("gate_refused", "adults"),
        ];
        assert_eq!(names(of_answers(&all)), [("here".into(), 2), ("there".into(), 1)]);
        assert_eq!(names(of_gate(&all)), [("gate_refused".into(), 2), ("gate_flagged".into(), 1)]);
    }

    #[test]
    fn a_measure_that_is_not_known_is_in_a_group_all_the_same() {
        let all = [measured("gate_something", "films"), measured("something", "films")];
        assert_eq!(names(of_gate(&all)), [("gate_something".into(), 1)]);
        assert_eq!(names(of_answers(&all)), [("films".into(), 1)]);
    }

    #[test]
    fn shares_are_told_from_scores() {
        assert!(["accuracy_where_certain", "gate_flagged_or_refused"].into_iter().all(is_share));
        assert!(!["auroc", "ece", "brier"].into_iter().any(is_share));
    }
}
