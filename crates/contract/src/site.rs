use serde::{Deserialize, Serialize};

use crate::{Class, Error, Kind, Manifest, Outcome, Probability, Proportion, Result, Stage, Thresholds};

const SCHEMA: &str = "lungfield.site/1";

/// Thresholds of a site's own, chosen on films of its own whose answers are known: `lungfield.site/1`, one JSON object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Always `lungfield.site/1`.
    pub schema: String,
    /// SHA-256 of the model that read the films. With another model the thresholds are void.
    pub model_sha256: String,
    /// Where sensitivity and specificity are stated; as all thresholds a probability, `0..=1`.
    pub operating_point: f64,
    /// Below this the outcome is "unlikely".
    pub unlikely_below: f64,
    /// From this on the outcome is "likely".
    pub likely_from: f64,
    /// Of new films like those, on average at most this share with pneumonia is called unlikely, and at most this share
    /// without is called likely.
    pub error_level: f64,
    /// The films that they were chosen on.
    pub films: SiteFilms,
}

/// The films that a site's thresholds were chosen on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteFilms {
    /// How many show no pneumonia.
    pub normal: u64,
    /// How many do.
    pub pneumonia: u64,
    /// The day they were read on, as `2026-11-30`.
    pub date: String,
}

/// There are too few films of a class to choose thresholds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFew {
    /// The class.
    pub class: Class,
    /// How many there are.
    pub found: usize,
    /// How many the error level takes.
    pub needed: usize,
}

impl Site {
    /// Chosen on films by what the model says of them, by class-conditional conformal prediction (Vovk 2012, arXiv
    /// 1209.2673), as the model's own are: `error_level` is above 0 and below 1. The band of uncertainty always holds the
    /// operating point.
    ///
    /// # Errors
    /// [`TooFew`] where the level takes more films of a class: with fewer than `1 / error_level - 1` nothing could be called
    /// unlikely, or likely.
    pub fn choose(
        manifest: &Manifest,
        films: &[(Probability, Class)],
        operating_point: f64,
        error_level: f64,
        date: String,
    ) -> std::result::Result<Self, TooFew> {
        let of = |class: Class| {
            let mut values: Vec<f64> = films.iter().filter(|film| film.1 == class).map(|film| film.0.value()).collect();
            values.sort_by(f64::total_cmp);
            // How many may lie on the wrong side, a new film's own place counted.
            let wrong = (error_level * (values.len() + 1) as f64 + ROUNDING) as usize;
            let needed = (1.0 / error_level - ROUNDING).ceil() as usize - 1;
            if wrong == 0 { Err(TooFew { class, found: values.len(), needed }) } else { Ok((values, wrong)) }
        };
        let (pneumonia, missed) = of(Class::Pneumonia)?;
        let (normal, alarmed) = of(Class::Normal)?;
        Ok(Self {
            schema: SCHEMA.into(),
            model_sha256: manifest.sha256.clone(),
            operating_point,
            unlikely_below: pneumonia[missed - 1].min(operating_point),
            likely_from: normal[normal.len() - alarmed].next_up().max(operating_point),
            error_level,
            films: SiteFilms { normal: normal.len() as u64, pneumonia: pneumonia.len() as u64, date },
        })
    }

    /// Whether they were chosen with this model: with another they are void.
    pub fn is_for(&self, manifest: &Manifest) -> bool {
        self.model_sha256 == manifest.sha256
    }

    /// Reads and checks a file of them.
    ///
    /// # Errors
    /// [`Kind::Manifest`] when it is no JSON of this schema, or a value is outside its range.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let site: Self =
            serde_json::from_slice(json).map_err(|error| refused(format!("a site's thresholds: {error}")))?;
        let in_order = 0.0 <= site.unlikely_below
            && site.unlikely_below <= site.operating_point
            && site.operating_point <= site.likely_from
            && site.likely_from <= 1.0;
        if site.schema != SCHEMA {
            return Err(refused(format!("a site's thresholds are {SCHEMA}, and these are {:?}", site.schema)));
        }
        if !(in_order && 0.0 < site.error_level && site.error_level < 1.0) {
            let rule = "0 <= unlikely_below <= operating_point <= likely_from <= 1, 0 < error_level < 1";
            return Err(refused(format!("a site's thresholds break a rule: {rule}")));
        }
        Ok(site)
    }
}

/// What a product of two numbers may be off by.
const ROUNDING: f64 = 1e-9;

/// How good the model is on films of a site whose answers are known, each share with its 95 % interval; `None` of no films.
#[derive(Clone, Debug, PartialEq)]
pub struct Here {
    /// Of the films with pneumonia, those from the operating point on.
    pub sensitivity: Option<Proportion>,
    /// Of the films without, those below it.
    pub specificity: Option<Proportion>,
    /// Of the films with pneumonia, those that are called unlikely.
    pub missed: Option<Proportion>,
    /// Of the films without, those that are called likely.
    pub alarmed: Option<Proportion>,
    /// Of all films, those that are called uncertain.
    pub uncertain: Option<Proportion>,
}

impl Here {
    /// At the manifest's thresholds, of films by what the model says of them.
    pub fn of(manifest: &Manifest, films: &[(Probability, Class)]) -> Self {
        let of = |class: Class| films.iter().filter(move |film| film.1 == class).map(|film| film.0);
        let is_called = |outcome: Outcome| move |probability| manifest.outcome(probability) == outcome;
        let sees_pneumonia = |probability| manifest.class(probability) == Class::Pneumonia;
        Self {
            sensitivity: Proportion::among(of(Class::Pneumonia), sees_pneumonia),
            specificity: Proportion::among(of(Class::Normal), |probability| !sees_pneumonia(probability)),
            missed: Proportion::among(of(Class::Pneumonia), is_called(Outcome::Unlikely)),
            alarmed: Proportion::among(of(Class::Normal), is_called(Outcome::Likely)),
            uncertain: Proportion::among(films.iter().map(|film| film.0), is_called(Outcome::Uncertain)),
        }
    }
}

impl Manifest {
    /// With a site's thresholds in place of its own.
    ///
    /// # Errors
    /// [`Kind::Manifest`] when they were chosen with another model.
    pub fn at_site(self, site: Site) -> Result<Self> {
        if !site.is_for(&self) {
            return Err(refused(format!(
                "the site's thresholds of {} were chosen with another model, and are void with {} {}. Choose them anew on \
                 the site's films",
                site.films.date, self.name, self.version
            )));
        }
        let Site { operating_point, unlikely_below, likely_from, error_level, films, .. } = site;
        let thresholds = Thresholds {
            operating_point,
            unlikely_below,
            likely_from,
            error_level,
            site: Some(films),
            films: self.thresholds.films,
        };
        Ok(Self { thresholds, ..self })
    }
}

fn refused(detail: String) -> Error {
    Error::new(Stage::Load, Kind::Manifest, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Class::{Normal, Pneumonia};

    fn manifest() -> Manifest {
        Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("is a manifest")
    }

    fn films(normal: &[f64], pneumonia: &[f64]) -> Vec<(Probability, Class)> {
        let of = |values: &[f64], class| {
            values.iter().map(move |&p| (Probability::from_share(p), class)).collect::<Vec<_>>()
        };
        [of(normal, Normal), of(pneumonia, Pneumonia)].concat()
    }

    fn choose(films: &[(Probability, Class)], error_level: f64) -> std::result::Result<Site, TooFew> {
        Site::choose(&manifest(), films, 0.5, error_level, "2026-11-30".into())
    }

    #[test]
    fn of_four_films_a_class_one_may_be_wrong_at_a_fifth() {
        let films = films(&[0.1, 0.2, 0.3, 0.9], &[0.2, 0.6, 0.8, 0.9]);
        let site = choose(&films, 0.2).expect("enough films");
        assert_eq!((site.unlikely_below, site.operating_point), (0.2, 0.5));
        // The highest of the normal films is not called likely.
        assert!(site.likely_from > 0.9 && site.likely_from < 0.900_001);
        assert_eq!((site.films.normal, site.films.pneumonia), (4, 4));
        // Two of four may be wrong: the band shrinks to the operating point.
        let wide = choose(&films, 0.4).expect("enough films");
        assert_eq!((wide.unlikely_below, wide.likely_from), (0.5, 0.5));
    }

    #[test]
    fn too_few_films_are_said_with_how_many_it_takes() {
        let enough = films(&[0.1; 19], &[0.9; 19]);
        assert!(choose(&enough, 0.05).is_ok());
        let few = films(&[0.1; 19], &[0.9; 18]);
        assert_eq!(choose(&few, 0.05), Err(TooFew { class: Pneumonia, found: 18, needed: 19 }));
        let none = films(&[], &[0.9; 19]);
        assert_eq!(choose(&none, 0.1), Err(TooFew { class: Normal, found: 0, needed: 9 }));
    }

    #[test]
    fn how_good_it_is_here_is_counted_by_class() {
        let here = Here::of(&manifest(), &films(&[0.01, 0.01, 0.99], &[0.99, 0.99, 0.99, 0.01]));
        let count = |share: Option<Proportion>| share.map(|share| (share.count, share.of));
        assert_eq!(count(here.sensitivity), Some((3, 4)));
        assert_eq!(count(here.specificity), Some((2, 3)));
        assert_eq!(count(here.missed), Some((1, 4)));
        assert_eq!(count(here.alarmed), Some((1, 3)));
        assert_eq!(count(here.uncertain), Some((0, 7)));
        assert_eq!(Here::of(&manifest(), &[]).sensitivity, None);
    }

    #[test]
    fn new_films_are_called_wrongly_as_often_as_was_asked() {
        // A stream of numbers that is the same everywhere; the share of new films below the threshold, over many sites.
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let (mut wrong, sites) = (0.0, 2000);
        for _ in 0..sites {
            let pneumonia: Vec<f64> = (0..30).map(|_| next() * 0.5).collect();
            let site = choose(&films(&[0.0; 30], &pneumonia), 0.1).expect("enough films");
            wrong += site.unlikely_below / 0.5;
        }
        let share = wrong / f64::from(sites);
        assert!((0.085..=0.1).contains(&share), "{share}");
    }

    #[test]
    fn what_was_chosen_is_read_again_and_holds_for_its_model_alone() {
        let site = choose(&films(&[0.1; 19], &[0.9; 19]), 0.05).expect("enough films");
        let json = serde_json::to_vec(&site).expect("writes");
        assert_eq!(Site::from_json(&json).expect("reads"), site);
        let at = manifest().at_site(site.clone()).expect("the same model");
        assert_eq!((at.thresholds.unlikely_below, at.thresholds.site), (0.5, Some(site.films.clone())));
        let other = Manifest { sha256: "0".into(), ..manifest() };
        let error = other.at_site(site.clone()).expect_err("another model");
        assert!(error.to_string().contains("void"), "{error}");
        for broken in [
            Site { schema: "lungfield.site/2".into(), ..site.clone() },
            Site { unlikely_below: 0.6, ..site.clone() },
            Site { likely_from: f64::NAN, ..site },
        ] {
            assert!(Site::from_json(&serde_json::to_vec(&broken).expect("writes")).is_err());
        }
    }
}
