use lungfield_contract::{
    Finding, Flaw, Grade, Manifest, Outcome, Prevalence, Probability, Projection, Quality, Reading, ReportedThresholds,
    Seen, Status, Warning, WarningKind,
};
use serde::Serialize;

use crate::{
    asked::{Asked, First},
    numbers::{number, percent, probability},
    prevalence::restate,
    sites,
    text::{Texts, interpolate},
    verdict::{Verdict, is_in_population},
};

/// What is shown of a film whose way has ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// Always `lungfield.view/1`.
    pub schema: &'static str,
    /// What it is drawn as.
    pub sign: Sign,
    /// The answer, or that there is none.
    pub headline: String,
    /// That the answer was withheld and is shown because the user asked for it. Everything about it is drawn as outside of what the
    /// model knows.
    pub caveat: Option<String>,
    /// How sure the answer is.
    pub probability: Option<ProbabilityView>,
    /// In the place of a probability that does not hold for this film.
    pub no_number: Option<String>,
    /// What the answer means, or why it is withheld, or why there is none.
    pub said: Vec<Said>,
    /// What the user can do about a film without an answer.
    pub to_do: Option<String>,
    /// The reason in the reader's own English words, for whoever asks.
    pub detail: Option<String>,
    /// What the user saw before she was shown the answer.
    pub seen_first: Option<String>,
    /// What to keep in mind.
    pub warnings: Vec<String>,
    /// How good the film is to read.
    pub quality: Option<QualityView>,
    /// That nothing that was measured of the model holds for this film.
    pub out_of_population: Option<String>,
    /// The probability where pneumonia is as common as the user says.
    pub restated: Option<RestatedView>,
    /// What it is for.
    pub statement: String,
}

/// What an answer is drawn as: a shape, and a colour that repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Pneumonia likely.
    Likely,
    /// Uncertain.
    Uncertain,
    /// Pneumonia unlikely.
    Unlikely,
    /// There is an answer, and the user says first what she sees.
    Later,
    /// There is an answer, and it is withheld.
    Withheld,
    /// There is no answer.
    NoAnswer,
}

impl From<Outcome> for Sign {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Likely => Sign::Likely,
            Outcome::Uncertain => Sign::Uncertain,
            Outcome::Unlikely => Sign::Unlikely,
        }
    }
}

/// A sentence, and what was measured for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// The sentence.
    pub text: String,
    /// The number that was found and its limit, or for whom the model is.
    pub measured: Option<String>,
}

/// A number with its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// What it is.
    pub name: String,
    /// The number as it is written.
    pub text: String,
    /// The number, `0..=1`.
    pub value: f64,
}

/// A probability and where it lies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProbabilityView {
    /// The probability.
    pub probability: Named,
    /// The scale in words, for whoever does not see it.
    pub description: String,
    /// Where sensitivity and specificity are stated, `0..=1`.
    pub operating_point: f64,
    /// The three zones from unlikely to likely, which touch and reach from 0 to 1.
    pub zones: [Zone; 3],
}

/// A part of the scale of probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Zone {
    /// What it is drawn as.
    pub sign: Sign,
    /// Its name.
    pub name: String,
    /// Its limits in words.
    pub range: String,
    /// Where it begins, `0..=1`.
    pub from: f64,
    /// Where it ends, `0..=1`.
    pub to: f64,
    /// Whether the film lies in it.
    pub is_here: bool,
}

/// How good a film is to read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QualityView {
    /// Drawn as good, or as lacking something.
    pub is_adequate: bool,
    /// The film lacks so much that the answer is withheld for it.
    pub withholds: bool,
    /// What this is about.
    pub title: String,
    /// The grade.
    pub grade: String,
    /// What the film lacks.
    pub flaws: Vec<Flawed>,
}

/// What a film lacks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flawed {
    /// In words.
    pub text: String,
    /// The number that was found and its limit.
    pub measured: String,
}

/// A probability where pneumonia is as common as the user says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RestatedView {
    /// The probability for the film, and where the model has a balanced operating point its predictive values, positive and negative.
    pub probability: Named,
    /// Of films called pneumonia at the balanced point, those with pneumonia.
    pub positive: Option<Named>,
    /// Of the others, those without.
    pub negative: Option<Named>,
    /// That the answer does not change.
    pub stays: String,
}

impl View {
    /// What is shown of a reading. Without the manifest, which is there once the model is, a film can only have failed.
    pub fn of(reading: &Reading, manifest: Option<&Manifest>, texts: &Texts, asked: Asked) -> Self {
        let verdict = Verdict::of(reading, asked);
        let empty = View {
            schema: "lungfield.view/1",
            sign: Sign::NoAnswer,
            headline: String::new(),
            caveat: None,
            probability: None,
            no_number: None,
            said: Vec::new(),
            to_do: None,
            detail: None,
            seen_first: match asked.first {
                First::Said(seen) => Some(saw(seen, texts)),
                First::NotAsked | First::Asked => None,
            },
            warnings: warnings(reading, texts, verdict),
            quality: reading.quality.as_ref().map(|quality| of_quality(quality, texts)),
            out_of_population: None,
            restated: None,
            statement: texts.start.statement.clone(),
        };
        let out_of_population = (!is_in_population(reading)).then(|| texts.result.out_of_population.clone());
        match verdict {
            Verdict::Unanswered(kind) => {
                let reason = texts.reason(kind);
                let title = match reading.status {
                    Status::Refused => &texts.failure.refused,
                    Status::Read | Status::Failed => &texts.failure.failed,
                };
                View {
                    headline: title.clone(),
                    said: vec![Said { text: reason.what.clone(), measured: None }],
                    to_do: Some(reason.r#do.clone()),
                    detail: reading.reason.as_ref().map(|reason| reason.message.clone()),
                    ..empty
                }
            }
            // Neither what the model says nor how it finds the film.
            Verdict::Later => View {
                sign: Sign::Later,
                headline: texts.first.title.clone(),
                warnings: Vec::new(),
                quality: None,
                ..empty
            },
            Verdict::Withheld => View {
                sign: Sign::Withheld,
                headline: texts.withheld.name.clone(),
                said: reasons(reading, manifest, texts),
                out_of_population,
                ..empty
            },
            Verdict::Answered { outcome, revealed: true, .. } => View {
                sign: outcome.into(),
                headline: texts.outcome(outcome).name.clone(),
                caveat: Some(texts.withheld.shown.clone()),
                no_number: Some(texts.withheld.no_number.clone()),
                said: reasons(reading, manifest, texts).into_iter().chain(at_site(reading, texts)).collect(),
                out_of_population,
                ..empty
            },
            Verdict::Answered { outcome, probability, revealed: false } => {
                let text = texts.outcome(outcome);
                let restated = asked.prevalence.zip(manifest).filter(|_| out_of_population.is_none());
                View {
                    sign: outcome.into(),
                    headline: text.name.clone(),
                    probability: Some(on_the_scale(outcome, probability, &reading.thresholds, texts)),
                    said: std::iter::once(Said { text: text.meaning.clone(), measured: None })
                        .chain(at_site(reading, texts))
                        .collect(),
                    restated: restated
                        .map(|(prevalence, manifest)| restated_for(probability, prevalence, manifest, texts)),
                    out_of_population,
                    ..empty
                }
            }
        }
    }
}

impl View {
    /// There is an answer, and it is shown.
    pub fn shows_answer(&self) -> bool {
        !matches!(self.sign, Sign::Later | Sign::Withheld | Sign::NoAnswer)
    }
}

/// What a person saw, as a sentence.
fn saw(seen: Seen, texts: &Texts) -> String {
    let texts_of = &texts.first;
    let findings = [
        (seen.consolidation, &texts_of.consolidation),
        (seen.other_infiltrate, &texts_of.other_infiltrate),
        (seen.effusion, &texts_of.effusion),
    ];
    let findings: Vec<&str> =
        findings.into_iter().filter(|(is_seen, _)| *is_seen).map(|(_, name)| name.as_str()).collect();
    let findings = if findings.is_empty() { texts_of.none.clone() } else { findings.join(", ") };
    let quality = texts.quality.grades.get(&seen.quality).map_or("", String::as_str);
    interpolate(&texts_of.saw, &[("findings", &findings), ("quality", quality)])
}

/// What to keep in mind with an answer: what the film lacks is said with its quality, and what withholds an answer with the reasons
/// for that. Of a film without an answer everything is said.
fn warnings(reading: &Reading, texts: &Texts, verdict: Verdict) -> Vec<String> {
    let is_said_apart = |kind: WarningKind| kind == WarningKind::Suboptimal || kind.withholds_answer();
    let all = matches!(verdict, Verdict::Unanswered(_));
    reading
        .warnings
        .iter()
        .filter(|warning| all || !is_said_apart(warning.kind))
        .map(|warning| texts.warning(warning))
        .collect()
}

/// Why the film is outside of what the model knows: each reason with what was found and the limit.
fn reasons(reading: &Reading, manifest: Option<&Manifest>, texts: &Texts) -> Vec<Said> {
    let measured = |warning: &Warning| {
        let of = |text: &str, value: f64, limit: f64| {
            interpolate(text, &[("value", &number(value, 2)), ("limit", &number(limit, 2))])
        };
        match (warning.kind, &reading.gate) {
            (WarningKind::AdultFilm, _) => manifest.map(|manifest| population(manifest, texts)),
            (WarningKind::UnlikeTrainingFilms, Some(gate)) => Some(match gate.adult_score {
                Some(score) if score >= 0.0 => of(&texts.withheld.adult, score, 0.0),
                _ => of(&texts.withheld.distance, gate.distance, gate.unlike_from),
            }),
            _ => None,
        }
    };
    let withholding = reading.warnings.iter().filter(|warning| warning.kind.withholds_answer());
    withholding.map(|warning| Said { text: texts.warning(warning), measured: measured(warning) }).collect()
}

/// That the thresholds are not the model's but a site's own.
fn at_site(reading: &Reading, texts: &Texts) -> Option<Said> {
    let [date, normal, pneumonia] = sites::in_words(reading.thresholds.site.as_ref()?);
    let values = [("date", &*date), ("normal", &normal), ("pneumonia", &pneumonia)];
    Some(Said { text: interpolate(&texts.result.site, &values), measured: None })
}

/// Whom the model is for.
pub fn population(manifest: &Manifest, texts: &Texts) -> String {
    let whom = &manifest.intended_population;
    let text = match whom.projection {
        Projection::Frontal => &texts.model.population,
    };
    interpolate(text, &[("from", &whom.from_years.to_string()), ("to", &whom.to_years.to_string())])
}

fn on_the_scale(
    outcome: Outcome,
    value: Probability,
    thresholds: &ReportedThresholds,
    texts: &Texts,
) -> ProbabilityView {
    let &ReportedThresholds { unlikely_below, operating_point, likely_from, .. } = thresholds;
    let value = value.value();
    let values = [
        ("probability", probability(value)),
        ("unlikely_below", percent(unlikely_below, 1)),
        ("likely_from", percent(likely_from, 1)),
        ("operating_point", percent(operating_point, 1)),
    ];
    let values = values.each_ref().map(|(place, value)| (*place, value.as_str()));
    let zone = |zone: Outcome, from: f64, to: f64| {
        let text = texts.outcome(zone);
        let range = interpolate(&text.range, &values);
        Zone { sign: zone.into(), name: text.zone.clone(), range, from, to, is_here: zone == outcome }
    };
    ProbabilityView {
        probability: Named { name: texts.result.probability.clone(), text: probability(value), value },
        description: interpolate(&texts.result.scale, &values),
        operating_point,
        zones: [
            zone(Outcome::Unlikely, 0.0, unlikely_below),
            zone(Outcome::Uncertain, unlikely_below, likely_from),
            zone(Outcome::Likely, likely_from, 1.0),
        ],
    }
}

fn of_quality(quality: &Quality, texts: &Texts) -> QualityView {
    let of = |finding: &Finding| {
        let digits = match finding.kind {
            Flaw::Tilted | Flaw::Small => 0,
            Flaw::Moire => 1,
            _ => 3,
        };
        let [value, limit] = [finding.value, finding.limit].map(|value| number(value, digits));
        Flawed {
            text: texts.quality.flaws.get(&finding.kind).cloned().unwrap_or_default(),
            measured: interpolate(&texts.quality.measured, &[("value", &value), ("limit", &limit)]),
        }
    };
    QualityView {
        is_adequate: quality.grade == Grade::Adequate,
        withholds: quality.grade == Grade::Uninterpretable,
        title: texts.quality.title.clone(),
        grade: texts.quality.grades.get(&quality.grade).cloned().unwrap_or_default(),
        flaws: quality.flaws().map(of).collect(),
    }
}

fn restated_for(probability: Probability, prevalence: Prevalence, manifest: &Manifest, texts: &Texts) -> RestatedView {
    let texts = &texts.prevalence;
    let restated = restate(probability, prevalence, manifest);
    let named = |name: String, value: f64| Named { name, text: crate::numbers::probability(value), value };
    let at = |text: &str, value: fn(&lungfield_contract::PredictiveValues) -> Option<f64>| {
        let (point, values) = restated.balanced?;
        Some(named(interpolate(text, &[("at", &percent(point.probability, 1))]), value(&values)?))
    };
    RestatedView {
        probability: named(texts.probability.clone(), restated.probability.value()),
        positive: at(&texts.positive, |values| values.positive),
        negative: at(&texts.negative, |values| values.negative),
        stays: texts.stays.clone(),
    }
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{
        Age, Class, Error, HeaderFacts, Heatmap, Kind, Milliseconds, Orientation, ReportedGate, Stage,
    };

    use super::*;
    use crate::text::texts;

    fn manifest() -> Manifest {
        Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("is a manifest")
    }

    fn reading(logit: f64, distance: f64) -> Reading {
        let map = Heatmap::new(1, 1, vec![1.0], Class::Pneumonia);
        let gate = ReportedGate {
            orientation: Orientation::UPRIGHT,
            distance,
            unlike_from: 2.0,
            refused_from: 3.0,
            adult_score: None,
        };
        Reading::read("a.png", &manifest(), logit, &map, gate, Milliseconds::default())
    }

    fn view(reading: &Reading, asked: Asked) -> View {
        View::of(reading, Some(&manifest()), &texts("en"), asked)
    }

    #[test]
    fn an_answer_lies_in_the_zone_that_it_is_named_after() {
        for (logit, sign) in [(-9.0, Sign::Unlikely), (9.0, Sign::Likely)] {
            let view = view(&reading(logit, 1.0), Asked::default());
            let scale = view.probability.expect("a probability");
            assert_eq!(view.sign, sign);
            let here: Vec<_> = scale.zones.iter().filter(|zone| zone.is_here).collect();
            let [zone] = here[..] else { panic!("one zone, not {here:?}") };
            assert_eq!(zone.sign, sign);
            assert!((zone.from..=zone.to).contains(&scale.probability.value));
        }
    }

    #[test]
    fn a_withheld_answer_says_nothing_of_pneumonia_until_it_is_asked_for_and_then_no_number() {
        let far = reading(9.0, 2.5);
        let held = view(&far, Asked { prevalence: Prevalence::new(0.1), ..Asked::default() });
        assert_eq!((held.sign, &held.probability, &held.restated), (Sign::Withheld, &None, &None));
        assert!(held.said[0].measured.as_ref().is_some_and(|measured| measured.contains("2.5")), "{:?}", held.said);
        let shown = view(&far, Asked { revealed: true, prevalence: Prevalence::new(0.1), ..Asked::default() });
        assert_eq!((shown.sign, &shown.probability, &shown.restated), (Sign::Likely, &None, &None));
        assert!(shown.caveat.is_some() && shown.no_number.is_some() && shown.out_of_population.is_some());
    }

    #[test]
    fn before_she_has_said_what_she_sees_nothing_of_the_answer_is_there() {
        let far = reading(9.0, 2.5);
        for reading in [reading(9.0, 1.0), far.clone()] {
            let later = view(&reading, Asked { revealed: true, first: First::Asked, ..Asked::default() });
            assert_eq!((later.sign, &later.probability, later.said.len()), (Sign::Later, &None, 0));
            assert!(later.warnings.is_empty() && later.quality.is_none() && !later.shows_answer());
        }
        let seen = Seen { quality: Grade::Suboptimal, consolidation: true, other_infiltrate: false, effusion: true };
        let said = Asked { first: First::Said(seen), ..Asked::default() };
        assert_eq!(view(&far, said).sign, Sign::Withheld);
        let shown = view(&reading(9.0, 1.0), said);
        assert_eq!(shown.sign, Sign::Likely);
        let saw = shown.seen_first.expect("what she saw");
        assert!(saw.contains("Consolidation, Effusion") && saw.contains("suboptimal"), "{saw}");
    }

    #[test]
    fn what_was_measured_is_said_of_films_like_the_model_s_alone() {
        let aged = |age| reading(9.0, 1.0).with_header(&HeaderFacts { age: Some(age), ..HeaderFacts::default() });
        assert!(is_in_population(&reading(9.0, 1.0)) && is_in_population(&aged(Age::Years(3))));
        for outside in [reading(9.0, 2.5), aged(Age::Years(43)), aged(Age::Days(5))] {
            assert!(!is_in_population(&outside));
            assert!(view(&outside, Asked::default()).out_of_population.is_some());
        }
    }

    #[test]
    fn an_adult_s_age_is_said_in_each_language() {
        let facts = HeaderFacts { age: Some(Age::Years(43)), ..HeaderFacts::default() };
        let adult = reading(9.0, 1.0).with_header(&facts);
        for (tag, years) in [("en", "43 years"), ("hi", "43 वर्ष"), ("te", "43 సంవత్సరాలు")]
        {
            let view = View::of(&adult, Some(&manifest()), &texts(tag), Asked::default());
            assert!(view.said[0].text.contains(years), "{:?}", view.said);
        }
    }

    #[test]
    fn of_a_film_without_an_answer_is_said_why_and_what_to_do() {
        let error = Error::new(Stage::Prepare, Kind::Blank, "the picture is black");
        let refused = Reading::without_answer("a.png", &manifest(), &error, Milliseconds::default());
        let view = View::of(&refused, None, &texts("en"), Asked::default());
        assert_eq!(view.sign, Sign::NoAnswer);
        assert!(view.to_do.is_some() && view.detail.is_some_and(|detail| detail.contains("black")));
        assert_eq!(view.said.len(), 1);
    }

    #[test]
    fn a_prevalence_restates_the_probability() {
        let even = view(&reading(9.0, 1.0), Asked { prevalence: Prevalence::new(0.01), ..Asked::default() });
        let restated = even.restated.expect("is restated");
        assert!(restated.probability.value < even.probability.expect("a probability").probability.value);
        assert!(restated.positive.is_some() && restated.negative.is_some());
    }
}
