//! What the films are that the model was measured on, in words.

use lungfield_contract::{FilmGroup, FilmSet, Source};

use super::text::{FilmTexts, interpolate};

/// Which films, in words: who measured, whose they are, as what they were seen.
pub fn described(words: &FilmTexts, films: &FilmSet) -> String {
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

/// How many films, and of which class and how many patients where that is known; numbers are written by `number`.
pub fn counted(words: &FilmTexts, films: &FilmSet, number: impl Fn(u64) -> String) -> String {
    let count = interpolate(&words.count, &[("count", &number(films.count))]);
    let (Some(normal), Some(pneumonia)) = (films.normal, films.pneumonia) else { return count };
    let classes = interpolate(&words.classes, &[("normal", &number(normal)), ("pneumonia", &number(pneumonia))]);
    let patients = films.patients.map(|patients| interpolate(&words.patients, &[("patients", &number(patients))]));
    [Some(count), Some(classes), patients].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Whether the films show chests of children, as those do that the model is for.
pub fn are_of_children(films: &FilmSet) -> bool {
    matches!(films.group, FilmGroup::Children | FilmGroup::ChildrenElsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::texts;

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
        assert_eq!(
            counted(english, &held_out, |n| n.to_string()),
            "877 films, 224 normal and 653 with pneumonia, 650 patients"
        );
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
        assert!(!are_of_children(&turned));
    }
}
