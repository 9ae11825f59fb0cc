//! The texts. They live in `www/locales/*.json`; this is their shape.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use lungfield_contract::{
    Age, Class, FilmGroup, Flaw, Grade, Kind, Metric, Outcome, Split, Stage, Warning, WarningKind,
};
use serde::de::{DeserializeOwned, IntoDeserializer, value};
use serde_json::{Map, Value};

impl Texts {
    /// Reads a locale file.
    ///
    /// # Errors
    /// The name of a text that is missing, or what is wrong.
    pub fn from_json(json: &str) -> Result<Self, &'static str> {
        let file = serde_json::from_str(json).map_err(|_| "JSON")?;
        let mut wrong = None;
        let texts = Self::read(file, "all", &mut wrong);
        wrong.map_or(Ok(texts), Err)
    }
}

/// What a locale file has in one place, or anything in its stead and the name of what is `wrong`. Neither derived nor a `Result`: for
/// each text the page would be some hundred bytes larger.
trait Entry {
    fn read(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Self;
}

impl Entry for String {
    fn read(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Self {
        if let Value::String(text) = value {
            return text;
        }
        *wrong = Some(name);
        Self::new()
    }
}

impl<K: DeserializeOwned + Eq + Hash, V: Entry> Entry for HashMap<K, V> {
    fn read(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Self {
        let mut texts = Self::new();
        for (key, value) in fields(value, name, wrong) {
            let key: Result<K, value::Error> = K::deserialize(key.as_str().into_deserializer());
            match key {
                Ok(key) => drop(texts.insert(key, V::read(value, name, wrong))),
                Err(_) => *wrong = Some(name),
            }
        }
        texts
    }
}

impl Entry for BTreeMap<String, String> {
    fn read(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Self {
        fields(value, name, wrong).into_iter().map(|(key, text)| (key, String::read(text, name, wrong))).collect()
    }
}

/// What others read.
impl Entry for () {
    fn read(_: Value, _: &'static str, _: &mut Option<&'static str>) {}
}

impl<T: Entry> Entry for Option<T> {
    fn read(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Self {
        (!value.is_null()).then(|| T::read(value, name, wrong))
    }
}

fn fields(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Map<String, Value> {
    if let Value::Object(fields) = value {
        return fields;
    }
    *wrong = Some(name);
    Map::new()
}

/// The entry of a field's name.
fn take<T: Entry>(fields: &mut Map<String, Value>, name: &'static str, wrong: &mut Option<&'static str>) -> T {
    T::read(fields.remove(name.trim_start_matches("r#")).unwrap_or_default(), name, wrong)
}

/// Puts values into a text's `{placeholders}`.
pub fn interpolate(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A key that nobody reads is refused in the tests alone.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the locale files say what each text is")]
        pub struct $name { $(pub $field: $kind),* }

        impl Entry for $name {
            fn read(value: Value, name: &'static str, wrong: &mut Option<&'static str>) -> Self {
                let mut fields = fields(value, name, wrong);
                let read = Self { $($field: take(&mut fields, stringify!($field), wrong)),* };
                if cfg!(test) && !fields.is_empty() {
                    *wrong = Some(name);
                }
                read
            }
        }
    )*};
}

texts! {
    /// All texts of the page. `shell` is what it says before this program is there.
    Texts {
        language: LanguageTexts,
        start: StartTexts, shell: (), add: AddTexts, demo: DemoTexts, engine: EngineTexts, films: FilmsTexts,
        stages: HashMap<Stage, String>, outcomes: OutcomesTexts, result: ResultTexts, good: GoodTexts,
        site: SiteTexts, history: HistoryTexts, own: OwnTexts,
        first: FirstTexts, withheld: WithheldTexts, prevalence: PrevalenceTexts, take: TakeTexts, viewer: ViewerTexts, heat: HeatTexts, failure: FailureTexts,
        reasons: HashMap<Kind, ReasonText>, ages: AgesTexts, warnings: HashMap<WarningKind, String>, quality: QualityTexts,
        photograph: PhotographTexts, lungs: LungTexts, app: AppTexts, changes: BTreeMap<String, String>, model: ModelTexts, timings: TimingsTexts,
        announcements: AnnouncementTexts,
    }
    /// The language, and the choice of another.
    LanguageTexts { name: String, choose: String, unavailable: String, machine_made: Option<MachineMadeTexts> }
    /// That no clinician who speaks the language has read its texts yet, in that language and in English.
    MachineMadeTexts { own: String, english: String }
    /// The start of the page.
    StartTexts { title: String, lead: String, statement: String }
    /// The app itself: its versions, what of it is kept, and films that are handed to it.
    AppTexts {
        title: String, version: String, offline: String, not_kept: String, not_yet_kept: String, room: String, promised: String,
        not_promised: String, keep: String, install: String, safari_steps: String, menu_steps: String, update: String,
        withdrawn: String, elsewhere: String, r#use: String, later: String, newest: String, former: String, go_to: String,
        not_now: String, handed: Plural, add: String, add_to_these: String, open_alone: String, discard: String,
        handed_elsewhere: String, lost: String, close: String,
    }
    /// Adding films.
    AddTexts {
        title: String, choose: String, next: String, photo: String, folder: String, drop: String, release: String, formats: String,
    }
    /// The demo films.
    DemoTexts { title: String, open: String, opening: String, labels: HashMap<String, String>, attribution: String, unavailable: String }
    /// The state of the worker and its model.
    EngineTexts {
        starting: String, downloading: String, left: String, still: String, preparing: String, ready: String, offline: String, failed: String,
        retry: String, reload: String, failures: LoadFailureTexts,
    }
    /// Why no film can be read.
    LoadFailureTexts { download: String, model: String, version_mismatch: String, crashed: String }
    /// The list of films.
    FilmsTexts { title: String, count: Plural, clear: String, stop: String, remove: String, waiting: String, reading: String, place: String, previous: String, next: String, not_read: String, close: String, removed: Plural, undo: String }
    /// One text for one thing, another for several.
    Plural { one: String, other: String }
    /// The outcomes.
    OutcomesTexts { likely: OutcomeText, uncertain: OutcomeText, unlikely: OutcomeText }
    /// An outcome.
    OutcomeText { name: String, zone: String, range: String, meaning: String }
    /// A film's result.
    ResultTexts { title: String, about: String, probability: String, scale: String, site: String, warnings: String, good_enough: String, out_of_population: String }
    /// A site's own thresholds.
    SiteTexts {
        title: String, about: String, how: String, table: String, bad_table: String, known: String, here: String, missed: String,
        alarmed: String, few: String, level: String, point: String, r#use: String, too_few: String, now: String, promise: String,
        save: String, load: String, remove: String, bad_file: String, void: String,
    }
    /// A model of the user's own.
    OwnTexts {
        title: String, about: String, choose: String, opening: String, open: String, made_for: String, no_heatmap: String, keep: String,
        kept: String, forget: String, close: String, refused: String, stopped: String, absent: String, answer: String, reading: String,
        no_answer: String, r#where: String, save: String,
    }
    /// What is kept of readings on the device.
    HistoryTexts {
        title: String, about: String, forgotten: String, pin: String, pin_again: String, pin_short: String, pins_differ: String,
        who: String, days: String, begin: String, locked: String, waiting: Plural, again: String, unlock: String, lock: String,
        lost: String, unavailable: String, wrong_pin: String, closed: String, not_written: String, no_case: String,
        not_a_history: String, stopped: String, cases: Plural, day: String, answer: String, all: String, more: String, kept: String,
        close: String, remove: String, remove_sure: String, manage: String, set: String, export: String, exported: String, not_exported: String,
        import: String, import_pin: String, imported: String, delete: String, delete_sure: String, whole: String, broken: String,
        unopened: String, unlinked: String, cut_off: String, missing: String, changed: String, unknown: String,
    }
    /// What the user says of a film before she is shown the answer.
    FirstTexts {
        switch: String, title: String, consolidation: String, consolidation_is: String, other_infiltrate: String, other_infiltrate_is: String,
        effusion: String, effusion_is: String, none: String, show: String, skip: String, zone: String, saw: String,
        agreed: String,
    }
    /// An answer that is withheld, and one that is shown all the same.
    WithheldTexts { name: String, zone: String, show: String, shown: String, unlike: String, no_number: String, distance: String, adult: String }
    /// How good the answers are, in few words.
    GoodTexts { title: String, not_independent: String, at_site: String, finds: String, alarms: String, elsewhere: String }
    /// An answer where pneumonia is as common as the user says.
    PrevalenceTexts {
        title: String, even: String, label: String, range: String, probability: String, positive: String,
        negative: String, stays: String,
    }
    /// What is taken away of an answer. `formats` are by their names, and the table of all films by `csv`.
    TakeTexts {
        title: String, copy: String, copied: String, print: String, text: String, making: String, ready: String, share: String,
        save: String, failed: String, absent: String, unshared: String, systems: String, formats: HashMap<String, String>,
    }
    /// What a film is looked at with.
    ViewerTexts {
        stage: String, tools: String, smaller: String, larger: String, fit: String, own_pixels: String, turn_left: String,
        turn_right: String, invert: String, tone: String, reset: String, wide: String, move_left: String, move_right: String,
        move_up: String, move_down: String, brightness: String, contrast: String, darker: String, brighter: String, softer: String,
        harder: String, preset_whole: String, preset_lungs: String, preset_dense: String, preset_header: String, preset_all: String,
        hide_identity: String, show_identity: String, tags: String, tags_shown: String, length: String, angle: String, ratio: String,
        point: String, heart_edge: String, chest_edge: String, millimetres: String, at_detector: String, no_scale: String,
        degrees: String, ratio_found: String, ratio_begun: String,
    }
    /// The heatmap and its controls.
    HeatTexts {
        show: String, pneumonia: String, normal: String, weak: String, no_place: String, places: String, outside: String,
        more: String, against: String, lungs: String, caption: String, hold: String, film: String, film_with_heat: String,
    }
    /// How good a film is to read.
    QualityTexts {
        title: String, measured: String, grades: HashMap<Grade, String>, flaws: HashMap<Flaw, String>,
    }
    /// A photograph of a film, and its corners.
    PhotographTexts {
        title: String, outline: String, user: String, frame: String, how: String, picture: String, top_left: String,
        top_right: String, bottom_right: String, bottom_left: String, at: String, use_corners: String, bad: String,
    }
    /// The rectangle around the lungs.
    LungTexts { title: String, how: String, picture: String, use_rectangle: String, find: String }
    /// A film without an answer.
    FailureTexts { refused: String, failed: String, unknown: ReasonText, detail: String }
    /// What went wrong, and what to do.
    ReasonText { what: String, r#do: String }
    /// A patient's age in the unit that the header has.
    AgesTexts { days: Plural, weeks: Plural, months: Plural, years: Plural }
    /// The model and what was measured.
    ModelTexts {
        title: String, name: String, version: String, sha256: String, made_for: String, data: String, card: String,
        tract: String, about_tract: String, points: String, from: String, point_names: HashMap<String, String>, measured: String, no_answer: String,
        compared: String, interval: String, count: String, measures: HashMap<Metric, String>,
        population: String, trained_on: String, films: FilmTexts,
    }
    /// Films that something was measured on.
    FilmTexts {
        independent: String, groups: HashMap<FilmGroup, String>, splits: HashMap<Split, String>,
        kinds: HashMap<String, String>, views: HashMap<String, String>, ages: String, turned: String, inverted: String,
        count: String, classes: String, patients: String,
    }
    /// How long each stage took.
    TimingsTexts { title: String, decode: String, prepare: String, infer: String, check: String, explain: String }
    /// What a screen reader is told.
    AnnouncementTexts {
        reading: String, answer: String, later: String, withheld: String, revealed: String, no_answer: String, several: String,
    }
}

impl Texts {
    /// What went wrong and what to do, for a reason's kind.
    pub fn reason(&self, kind: Kind) -> &ReasonText {
        self.reasons.get(&kind).unwrap_or(&self.failure.unknown)
    }

    /// An outcome's texts.
    pub fn outcome(&self, outcome: Outcome) -> &OutcomeText {
        match outcome {
            Outcome::Likely => &self.outcomes.likely,
            Outcome::Uncertain => &self.outcomes.uncertain,
            Outcome::Unlikely => &self.outcomes.unlikely,
        }
    }

    /// A warning in this language, or as it came where there is no text for its kind.
    pub fn warning(&self, warning: &Warning) -> String {
        let age = warning.age.map_or_else(String::new, |age| self.age(age));
        self.warnings
            .get(&warning.kind)
            .map_or_else(|| warning.message.clone(), |text| interpolate(text, &[("age", &age)]))
    }

    /// An age in the unit that it is given in.
    pub fn age(&self, age: Age) -> String {
        let (unit, count) = match age {
            Age::Days(count) => (&self.ages.days, count),
            Age::Weeks(count) => (&self.ages.weeks, count),
            Age::Months(count) => (&self.ages.months, count),
            Age::Years(count) => (&self.ages.years, count),
        };
        unit.of(count.into(), &count.to_string())
    }
}

impl HeatTexts {
    /// The name of a class's evidence.
    pub fn class(&self, class: Class) -> &str {
        match class {
            Class::Pneumonia => &self.pneumonia,
            Class::Normal => &self.normal,
        }
    }
}

impl Plural {
    /// The text for `count` things; `number` is the count as it is written.
    pub fn of(&self, count: usize, number: &str) -> String {
        let text = if count == 1 { &self.one } else { &self.other };
        interpolate(text, &[("count", number)])
    }
}

/// The texts of a locale file.
#[cfg(test)]
pub fn texts(tag: &str) -> Texts {
    let file = format!("{}/../../www/locales/{tag}.json", env!("CARGO_MANIFEST_DIR"));
    Texts::from_json(&std::fs::read_to_string(file).expect("is a locale")).expect("has all texts")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use lungfield_contract::Manifest;
    use serde_json::Value;

    use super::*;

    /// Every locale file: its tag and its text.
    fn locales() -> BTreeMap<String, String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/locales");
        let files = fs::read_dir(folder).expect("there are locales").map(|file| file.expect("is a file").path());
        let read = |path: std::path::PathBuf| {
            let tag = path.file_stem().expect("has a name").to_string_lossy().into_owned();
            (tag, fs::read_to_string(path).expect("is text"))
        };
        files.map(read).collect()
    }

    /// Every locale's texts.
    fn all_texts() -> impl Iterator<Item = (String, Texts)> {
        locales().into_iter().map(|(tag, json)| match Texts::from_json(&json) {
            Ok(texts) => (tag, texts),
            Err(error) => panic!("{tag}: {error}"),
        })
    }

    /// From a text's path to its placeholders, sorted.
    fn placeholders(json: &str) -> BTreeMap<String, Vec<String>> {
        fn walk(path: &str, value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
            match value {
                Value::Object(fields) => {
                    fields.iter().for_each(|(key, value)| walk(&format!("{path}.{key}"), value, found));
                }
                text => {
                    let text = text.as_str().unwrap_or_else(|| panic!("{path} is no text"));
                    assert!(!text.trim().is_empty(), "{path} is empty");
                    let mut names: Vec<String> =
                        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.into())).collect();
                    names.sort();
                    found.insert(path.into(), names);
                }
            }
        }
        let mut found = BTreeMap::new();
        walk("", &serde_json::from_str(json).expect("is JSON"), &mut found);
        found
    }

    #[test]
    fn every_language_has_the_same_texts_with_the_same_placeholders() {
        let locales = locales();
        let english = placeholders(&locales["en"]);
        for (tag, json) in &locales {
            let mut own = placeholders(json);
            // Gone once a clinician who speaks the language has read it.
            own.retain(|path, _| !path.starts_with(".language.machine_made."));
            assert_eq!(own, english, "{tag}");
        }
    }

    #[test]
    fn every_kind_stage_outcome_and_warning_has_its_text() {
        for (language, texts) in all_texts() {
            for kind in Kind::ALL {
                assert!(texts.reasons.contains_key(&kind), "{language:?} {kind:?}");
            }
            for stage in [Stage::Load, Stage::Decode, Stage::Prepare, Stage::Infer, Stage::Check, Stage::Explain] {
                assert!(texts.stages.contains_key(&stage), "{language:?} {stage:?}");
            }
            for flaw in Flaw::ALL {
                assert!(texts.quality.flaws.contains_key(&flaw), "{language:?} {flaw:?}");
            }
            for grade in [Grade::Adequate, Grade::Suboptimal, Grade::Uninterpretable] {
                assert!(texts.quality.grades.contains_key(&grade), "{language:?} {grade:?}");
            }
            for warning in WarningKind::ALL {
                assert!(texts.warnings.contains_key(&warning), "{language:?} {warning:?}");
            }
        }
    }

    #[test]
    fn every_number_of_the_shipped_model_has_a_plain_name() {
        let manifest = Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("is a manifest");
        let sets = manifest
            .measured
            .iter()
            .map(|one| &one.films)
            .chain([&manifest.calibration.films, &manifest.thresholds.films]);
        let sets: Vec<_> = sets.collect();
        for (language, texts) in all_texts() {
            let model = &texts.model;
            for metric in Metric::ALL {
                assert!(model.measures.contains_key(&metric), "{language:?} {metric:?}");
            }
            for films in &sets {
                assert!(model.films.groups.contains_key(&films.group), "{language:?} {films:?}");
                assert!(
                    films.split.is_none_or(|split| model.films.splits.contains_key(&split)),
                    "{language:?} {films:?}"
                );
                assert!(films.kind.iter().all(|kind| model.films.kinds.contains_key(kind)), "{language:?} {films:?}");
                assert!(films.views.iter().all(|view| model.films.views.contains_key(view)), "{language:?} {films:?}");
            }
            for point in &manifest.operating_points {
                assert!(model.point_names.contains_key(&point.name), "{language:?} {}", point.name);
            }
        }
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(interpolate("{a} of {b}, {a}", &[("a", "1"), ("b", "2")]), "1 of 2, 1");
    }
}
