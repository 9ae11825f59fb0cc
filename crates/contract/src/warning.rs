use serde::{Deserialize, Serialize};

use crate::Age;

/// What to keep in mind with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// To match on.
    pub kind: WarningKind,
    /// In words.
    pub message: String,
    /// Whether the answer is withheld until somebody asks for it: [`WarningKind::withholds_answer`].
    #[serde(default)]
    pub withholds_answer: bool,
    /// The patient's age, where that is what to keep in mind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Age>,
}

/// Why an answer needs care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningKind {
    /// The film lay on its side or on its head, and was turned.
    Turned,
    /// Black was white, and was put right.
    Inverted,
    /// The film is far from the films that the model knows. The model cannot say why: an adult's film, another machine,
    /// another processing.
    UnlikeTrainingFilms,
    /// The file's header says that the patient is an adult.
    AdultFilm,
    /// The file's header says that the patient is a newborn, younger than 28 days.
    NewbornFilm,
    /// The file's header says that words are burned into the picture.
    BurnedInAnnotation,
    /// The file holds several frames, and the first was read.
    FirstFrame,
    /// The file holds overlays, and they were not looked at.
    OverlaysIgnored,
    /// The file's header says that the film lies mirrored, and it was read as it lies.
    Mirrored,
    /// The file's header says other things of the picture than the picture itself, which was believed.
    HeaderDiffers,
    /// The picture is shown so dark or so flat that its own range of values was shown instead.
    RangeStretched,
    /// What lies around the film in the picture was cut off.
    MarginCut,
    /// The film lacks something that a reader needs; the reading's quality says what.
    Suboptimal,
    /// The film lacks so much that an answer would not rest on it.
    Uninterpretable,
    /// The picture is a photograph of a film.
    Photograph,
    /// Somebody has set where the lungs lie.
    LungsByHand,
}

impl WarningKind {
    /// Every caution, in the order of their declaration.
    pub const ALL: [WarningKind; 16] = [
        WarningKind::Turned,
        WarningKind::Inverted,
        WarningKind::UnlikeTrainingFilms,
        WarningKind::AdultFilm,
        WarningKind::NewbornFilm,
        WarningKind::BurnedInAnnotation,
        WarningKind::FirstFrame,
        WarningKind::OverlaysIgnored,
        WarningKind::Mirrored,
        WarningKind::HeaderDiffers,
        WarningKind::RangeStretched,
        WarningKind::MarginCut,
        WarningKind::Suboptimal,
        WarningKind::Uninterpretable,
        WarningKind::Photograph,
        WarningKind::LungsByHand,
    ];

    /// Whether the answer is held back until the user asks for it.
    pub fn withholds_answer(self) -> bool {
        matches!(self, WarningKind::UnlikeTrainingFilms | WarningKind::AdultFilm | WarningKind::Uninterpretable)
    }
}

impl Warning {
    /// A warning of this kind, in these words.
    pub fn new(kind: WarningKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), withholds_answer: kind.withholds_answer(), age: None }
    }

    pub(crate) fn of_age(kind: WarningKind, age: Age, message: impl Into<String>) -> Self {
        Self { age: Some(age), ..Self::new(kind, message) }
    }
}
