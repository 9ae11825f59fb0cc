use serde::{Deserialize, Serialize};

/// A result whose error says at which stage of a film's way it went wrong, and why.
pub type Result<T> = std::result::Result<T, Error>;

/// A step in the way of a film, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The model and its manifest are loaded and checked.
    Load,
    /// The file's bytes become a radiograph.
    Decode,
    /// The radiograph becomes the model's input.
    Prepare,
    /// The network runs.
    Infer,
    /// The gate looks whether the picture is a chest film, and how it lies.
    Check,
    /// The heatmap is computed.
    Explain,
}

/// What went wrong, to match on. The kebab-case name is the `reason.kind` of a reading and the key of the page's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The file could not be opened or its bytes could not be had.
    Unreadable,
    /// The file that a DICOM directory names is not there.
    Missing,
    /// The file has no bytes.
    Empty,
    /// The bytes are of no format that is read here.
    UnsupportedFormat,
    /// The format is known, this variant of it is not read (an arithmetic-coded JPEG, say).
    UnsupportedVariant,
    /// A DICOM file whose pixels are encoded in a way that is not read here.
    UnsupportedTransferSyntax,
    /// Several files packed into one, where one film is looked for: an archive within an archive.
    Archive,
    /// The file is locked with a password.
    Encrypted,
    /// The file is packed in a way that is not read here.
    UnsupportedCompression,
    /// More pixels or bytes than the limits allow.
    TooLarge,
    /// Fewer pixels than a film can be read from.
    TooSmall,
    /// The file ends before its picture does.
    Truncated,
    /// The file's bytes contradict its format.
    Damaged,
    /// The corners that were given are no film's.
    BadCorners,
    /// The picture shows more than a film, a viewer or several films, and no single film is found in it.
    Screenshot,
    /// The picture is nearly all black or all white.
    Blank,
    /// The picture is no frontal chest film.
    NotAChestFilm,
    /// No lungs are found in the picture.
    NoLungs,
    /// The model file is not the one that its manifest names, or cannot be run.
    Model,
    /// The manifest is not one that this version understands.
    Manifest,
    /// An operator between the explained layer and the logit has no gradient rule.
    NoGradient,
    /// The engine failed on this film.
    Engine,
}

impl Kind {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Kind; 22] = [
        Kind::Unreadable,
        Kind::Missing,
        Kind::Empty,
        Kind::UnsupportedFormat,
        Kind::UnsupportedVariant,
        Kind::UnsupportedTransferSyntax,
        Kind::Archive,
        Kind::Encrypted,
        Kind::UnsupportedCompression,
        Kind::TooLarge,
        Kind::TooSmall,
        Kind::Truncated,
        Kind::Damaged,
        Kind::BadCorners,
        Kind::Screenshot,
        Kind::Blank,
        Kind::NotAChestFilm,
        Kind::NoLungs,
        Kind::Model,
        Kind::Manifest,
        Kind::NoGradient,
        Kind::Engine,
    ];

    /// Whether the film was understood and no answer is given for it. Otherwise it could not be read at all.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Kind::UnsupportedFormat
                | Kind::UnsupportedVariant
                | Kind::UnsupportedTransferSyntax
                | Kind::Archive
                | Kind::Encrypted
                | Kind::UnsupportedCompression
                | Kind::TooLarge
                | Kind::TooSmall
                | Kind::BadCorners
                | Kind::Screenshot
                | Kind::Blank
                | Kind::NotAChestFilm
                | Kind::NoLungs
        )
    }

    /// What the user can do about it, one plain sentence.
    pub fn advice(self) -> &'static str {
        match self {
            Kind::Unreadable => "Check that the file is there and may be opened, then choose it again.",
            Kind::Missing => "Copy the whole disc or folder, then choose the copy.",
            Kind::Empty => "Choose the film again; the file may not have been copied completely.",
            Kind::UnsupportedFormat => "Export the film as DICOM, PNG, JPEG, TIFF, WebP or BMP.",
            Kind::UnsupportedVariant => "Export the film as an ordinary PNG or JPEG.",
            Kind::UnsupportedTransferSyntax => "Export the film without compression, or as PNG.",
            Kind::Archive | Kind::UnsupportedCompression => {
                "Unpack the archive, then choose the films or their folder."
            }
            Kind::Encrypted => "Unpack the archive with its password, then choose the films or their folder.",
            Kind::TooLarge => "Export the film at a smaller size.",
            Kind::TooSmall => "Use the film at its original size, not a thumbnail.",
            Kind::Truncated => "Copy or export the film again; the file is not complete.",
            Kind::Damaged => "Copy or export the film again; the file is damaged.",
            Kind::BadCorners => "Put a corner on each corner of the film.",
            Kind::Screenshot => "Export the film itself, or cut the picture to the film.",
            Kind::Blank => "Export the film again, with the window that it is looked at with.",
            Kind::NotAChestFilm => "Use a frontal chest X-ray of a child, the whole film in the picture.",
            Kind::NoLungs => "Use a film that shows both lungs, the whole film in the picture.",
            Kind::Model | Kind::Manifest => "Install the app or the model again.",
            Kind::NoGradient => "Use a model whose head has only the operators that the documentation lists.",
            Kind::Engine => "Try again; if it happens again, report the file's size and format.",
        }
    }
}

/// An error on a film's way: the stage, the kind to match on, and the place in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {detail}. {}", self.stage_name(), self.kind.advice())]
pub struct Error {
    stage: Stage,
    kind: Kind,
    detail: String,
}

impl Error {
    /// An error of `kind` at `stage`; `detail` names the place, without a full stop.
    pub fn new(stage: Stage, kind: Kind, detail: impl Into<String>) -> Self {
        Self { stage, kind, detail: detail.into() }
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where on the film's way.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The reason in words, without the stage and without advice.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The error with one more thing that may be why.
    #[must_use]
    pub fn and(self, also: &str) -> Self {
        Self { detail: format!("{}; {also}", self.detail), ..self }
    }

    fn stage_name(&self) -> &'static str {
        match self.stage {
            Stage::Load => "loading the model",
            Stage::Decode => "reading the file",
            Stage::Prepare => "preparing the film",
            Stage::Infer => "running the model",
            Stage::Check => "checking the film",
            Stage::Explain => "explaining the answer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stage_reason_and_advice() {
        let error = Error::new(Stage::Decode, Kind::Truncated, "the JPEG has no end marker");
        let text = error.to_string();
        assert!(text.starts_with("reading the file: the JPEG has no end marker. "), "{text}");
        assert!(text.ends_with(Kind::Truncated.advice()), "{text}");
    }
}
