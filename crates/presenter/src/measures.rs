//! How good the answers are, and what the films are that this was measured on, in words.

use lungfield_contract::{FilmSet, Manifest, Measurement, Metric, Source};
use serde::Serialize;

use crate::{
    numbers::number,
    text::{FilmTexts, Texts, interpolate},
};

/// What was measured of the answers, as people say it: of a hundred children. What others measured comes first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HowGood {
    /// That nobody independent has measured this version.
    pub not_independent: Option<String>,
    /// That answers are given at a site's own thresholds, and what follows is not of them.
    pub at_site: Option<String>,
    /// What others measured, then the change of the films that lowers specificity most.
    pub measured: Vec<OfAHundred>,
    /// What to expect elsewhere.
    pub elsewhere: String,
}

/// Of a hundred children.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfAHundred {
    /// How many with pneumonia are found.
    pub finds: Option<String>,
    /// For how many without it a false alarm is raised.
    pub alarms: Option<String>,
    /// Which films it was measured on.
    pub films: String,
}

impl HowGood {
    /// Of a model, whose answers are given at a site's own thresholds or at its own.
    pub fn of(manifest: &Manifest, at_site: bool, texts: &Texts) -> Self {
        // The manifest's order: of what training measured, the change that lowers specificity most.
        let first =
            |source: Source| manifest.measured.iter().find(|one| one.is_of_answers() && one.films.source == source);
        let independent = first(Source::Independent);
        let not_independent = interpolate(&texts.good.not_independent, &[("version", &manifest.version)]);
        let measured = independent.into_iter().chain(first(Source::Training));
        Self {
            not_independent: independent.is_none().then_some(not_independent),
            at_site: at_site.then(|| texts.good.at_site.clone()),
            measured: measured.map(|one| OfAHundred::of(one, texts)).collect(),
            elsewhere: texts.good.elsewhere.clone(),
        }
    }
}

impl OfAHundred {
    fn of(measured: &Measurement, texts: &Texts) -> Self {
        let share = |metric: Metric, text: &str, counted: fn(f64) -> f64| {
            let found = measured.metrics.get(&metric)?;
            let of_a_hundred = |share: f64| number(counted(share) * 100.0, 0);
            let mut ends = [found.low.unwrap_or(found.value), found.high.unwrap_or(found.value)];
            ends.sort_by(|a, b| counted(*a).total_cmp(&counted(*b)));
            let [low, high] = ends.map(of_a_hundred);
            Some(interpolate(text, &[("value", &of_a_hundred(found.value)), ("low", &low), ("high", &high)]))
        };
        Self {
            finds: share(Metric::Sensitivity, &texts.good.finds, |found| found),
            alarms: share(Metric::Specificity, &texts.good.alarms, |found| 1.0 - found),
            films: of_films(texts, &measured.films),
        }
    }
}

/// Which films, and how many.
pub fn of_films(texts: &Texts, films: &FilmSet) -> String {
    let words = &texts.model.films;
    format!("{}: {}", described(words, films), counted(words, films))
}

/// Which films, in words: who measured, whose they are, as what they were seen.
fn described(words: &FilmTexts, films: &FilmSet) -> String {
    let code =
        |names: &std::collections::HashMap<String, String>, code: &String| names.get(code).unwrap_or(code).clone();
    let independent = (films.source == Source::Independent).then(|| words.independent.clone());
    let group = words.groups.get(&films.group).cloned();
    let split = films.split.and_then(|split| words.splits.get(&split).cloned());
    let kind = films.kind.as_ref().map(|kind| code(&words.kinds, kind));
    let ages =
        films.ages.map(|[from, to]| interpolate(&words.ages, &[("from", &from.to_string()), ("to", &to.to_string())]));
    let views = films.views.iter().map(|view| code(&words.views, view));
    let turned = films.orientation.map(|film| {
        let turned = interpolate(&words.turned, &[("degrees", &(90 * u32::from(film.quarter_turns)).to_string())]);
        if film.inverted { format!("{turned}, {}", words.inverted) } else { turned }
    });
    let parts = [independent, group, split, kind, ages].into_iter().flatten().chain(views).chain(turned);
    parts.collect::<Vec<_>>().join(", ")
}

/// How many films, and of which class and how many patients where that is known.
fn counted(words: &FilmTexts, films: &FilmSet) -> String {
    let number = |n: u64| number(n as f64, 0);
    let count = interpolate(&words.count, &[("count", &number(films.count))]);
    let (Some(normal), Some(pneumonia)) = (films.normal, films.pneumonia) else { return count };
    let classes = interpolate(&words.classes, &[("normal", &number(normal)), ("pneumonia", &number(pneumonia))]);
    let patients = films.patients.map(|patients| interpolate(&words.patients, &[("patients", &number(patients))]));
    [Some(count), Some(classes), patients].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::texts;

    fn films(json: &str) -> FilmSet {
        serde_json::from_str(json).expect("films")
    }

    #[test]
    fn films_are_said_in_the_page_s_language() {
        let held_out = films(
            r#"{"group": "children", "split": "held-out", "views": ["degraded"], "count": 877, "normal": 224, "pneumonia": 653,
                "patients": 650}"#,
        );
        let english = &texts("en").model.films;
        let hindi = &texts("hi").model.films;
        assert_eq!(described(english, &held_out), "children, patients that the model has not seen, degraded");
        assert_eq!(counted(english, &held_out), "877 films, 224 normal and 653 with pneumonia, 650 patients");
        assert!(!described(hindi, &held_out).chars().any(|letter| letter.is_ascii_alphabetic()));
    }

    #[test]
    fn what_has_no_words_is_said_by_its_code() {
        let turned = films(
            r#"{"source": "independent", "group": "not-chest", "kind": "tea-leaves", "count": 3,
                "orientation": {"quarter_turns": 3, "inverted": true}}"#,
        );
        let text = described(&texts("en").model.films, &turned);
        assert_eq!(text, "independent, pictures that are no chest films, tea-leaves, turned by 270 degrees, inverted");
    }
}
