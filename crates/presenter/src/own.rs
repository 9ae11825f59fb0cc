use lungfield_contract::{OwnFacts, OwnFinding, OwnReading, Status};
use serde::Serialize;

use crate::{
    heat::HeatView,
    numbers::probability,
    text::{Texts, interpolate},
    view::{Named, Sign},
};

/// What is shown of a model of a hospital's own, and of what it says of a film.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnView {
    /// Always `lungfield.own-view/1`.
    pub schema: &'static str,
    /// Whose model it is, and that it was not measured here.
    pub title: String,
    /// Its name, version and digest.
    pub model: String,
    /// What is to be known of it.
    pub about: Vec<String>,
    /// Why it has no heatmap; the reason is in English.
    pub without_heatmap: Option<Untranslated>,
    /// That it is reading the film; `None` when it has.
    pub reading: Option<String>,
    /// Why it has no answer.
    pub no_answer: Option<String>,
    /// What it says of each class.
    pub findings: Vec<OwnFindingView>,
    /// What to keep in mind.
    pub warnings: Vec<String>,
}

/// A text, and what follows it in English words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Untranslated {
    /// The text.
    pub text: String,
    /// In English.
    pub reason: String,
}

/// What a model of a hospital's own says of a class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnFindingView {
    /// The class, in the hospital's words, and how sure the model is.
    pub probability: Named,
    /// What its answer is drawn as, and its name, where it has thresholds.
    pub outcome: Option<(Sign, String)>,
    /// The words of the switch that shows where it looked, where it has a heatmap.
    pub place: Option<String>,
    /// What there is to see then.
    pub evidence: Option<String>,
}

impl OwnView {
    /// Of a model, and of its reading of the film once there is one.
    pub fn of(facts: &OwnFacts, reading: Option<&OwnReading>, texts: &Texts) -> Self {
        let words = &texts.own;
        let OwnFacts { model, population, not_for, licence, classes, without_heatmap, .. } = facts;
        let name = [("name", &*model.name), ("version", &model.version), ("site", &model.site)];
        let made_for = [("population", &**population), ("not_for", not_for), ("licence", licence)];
        let reason = reading.filter(|reading| reading.status != Status::Read).and_then(|said| said.reason.as_ref());
        Self {
            schema: "lungfield.own-view/1",
            title: interpolate(&words.answer, &[("site", &model.site)]),
            model: format!("{} {} · {}", model.name, model.version, model.sha256),
            about: vec![interpolate(&words.open, &name), interpolate(&words.made_for, &made_for), classes.join(", ")],
            without_heatmap: without_heatmap
                .as_ref()
                .map(|reason| Untranslated { text: words.no_heatmap.clone(), reason: reason.clone() }),
            reading: reading.is_none().then(|| words.reading.clone()),
            no_answer: reason.map(|reason| format!("{} {}", words.no_answer, texts.reason(reason.kind).what)),
            findings: reading.iter().flat_map(|reading| &reading.findings).map(|found| finding(found, texts)).collect(),
            warnings: reading
                .iter()
                .flat_map(|reading| &reading.warnings)
                .map(|warning| texts.warning(warning))
                .collect(),
        }
    }
}

fn finding(found: &OwnFinding, texts: &Texts) -> OwnFindingView {
    let OwnFinding { class, probability: value, outcome, heatmap, .. } = found;
    let text = probability(*value);
    OwnFindingView {
        probability: Named { name: class.clone(), text, value: *value },
        outcome: outcome.map(|outcome| (outcome.into(), texts.outcome(outcome).zone.clone())),
        place: heatmap.as_ref().map(|_| interpolate(&texts.own.r#where, &[("class", class)])),
        evidence: heatmap.as_ref().map(|map| HeatView::of(&map.painted(), None, texts).text),
    }
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{Error, Kind, Milliseconds, OwnHeatmap, OwnModelName, Rectangle, Stage};

    use super::*;
    use crate::text::texts;

    fn facts() -> OwnFacts {
        let text = |text: &str| text.to_owned();
        OwnFacts {
            model: OwnModelName {
                name: text("cxr-net"),
                version: text("3"),
                site: text("St. Elsewhere"),
                sha256: text("abc"),
                measured: false,
                notice: String::new(),
            },
            population: text("adults"),
            not_for: text("children"),
            licence: text("CC0"),
            classes: vec![text("effusion")],
            through_gate: true,
            without_heatmap: None,
            archive_sha256: String::new(),
        }
    }

    fn reading(findings: Vec<OwnFinding>) -> OwnReading {
        OwnReading {
            schema: "lungfield.own-reading/1".into(),
            file: "a.png".into(),
            status: Status::Read,
            reason: None,
            model: facts().model,
            gate: None,
            warnings: Vec::new(),
            findings,
            milliseconds: Milliseconds::default(),
        }
    }

    #[test]
    fn whose_it_is_and_that_it_was_not_measured_stands_over_all_that_it_says() {
        let heatmap = OwnHeatmap {
            rows: 1,
            columns: 2,
            values: vec![9.0, 0.0],
            frame: Rectangle::FILM,
            full_scale: 1.0,
            method: "grad-cam".into(),
            layer: "relu".into(),
        };
        let found = OwnFinding {
            class: "effusion".into(),
            code: None,
            output: 2.0,
            logit: Some(2.0),
            probability: 0.88,
            outcome: Some(lungfield_contract::Outcome::Likely),
            heatmap: Some(heatmap),
        };
        let view = OwnView::of(&facts(), Some(&reading(vec![found])), &texts("en"));
        assert!(view.title.contains("St. Elsewhere") && view.title.contains("not measured"), "{}", view.title);
        let [found] = &view.findings[..] else { panic!("{:?}", view.findings) };
        assert_eq!((&*found.probability.name, &*found.probability.text), ("effusion", "88%"));
        assert_eq!(found.outcome.as_ref().map(|(sign, _)| *sign), Some(Sign::Likely));
        assert!(found.place.is_some() && found.evidence.is_some());
        assert!(view.reading.is_none() && view.no_answer.is_none());
    }

    #[test]
    fn that_it_is_reading_and_why_it_has_no_answer_are_said() {
        let view = OwnView::of(&facts(), None, &texts("en"));
        assert!(view.reading.is_some() && view.findings.is_empty());
        let error = Error::new(Stage::Decode, Kind::Blank, "black");
        let view = OwnView::of(&facts(), Some(&reading(Vec::new()).without_answer(&error)), &texts("en"));
        assert!(view.no_answer.is_some_and(|said| said.starts_with(&texts("en").own.no_answer)));
        assert!(view.reading.is_none());
    }
}
