use std::rc::Rc;

use lungfield_contract::{Corners, Error, Kind, Manifest, Reading, Reason, ReportedHeatmap, Stage};
use serde::{Deserialize, Serialize};

/// The language that page and worker speak. A page and a worker of two builds must find out, not misunderstand.
pub const PROTOCOL: &str = concat!("lungfield.bridge/1 ", env!("CARGO_PKG_VERSION"));

/// How many films' pictures the page keeps at hand, at 1 MB each. An older one is read again when it is looked at.
pub const AT_HAND: usize = 3;

/// A film on the page, numbered in the order of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilmId(pub u32);

/// What the page asks of the worker.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ToWorker {
    /// Load the model. Sent once, after [`FromWorker::Awake`].
    Load {
        /// The absolute address of the model's manifest. The model's file lies beside it.
        manifest: String,
    },
    /// Read a film; the `File` that holds its bytes is attached, if there is one.
    Read {
        /// Which film.
        film: FilmId,
        /// The film's name.
        name: String,
        /// Where in the file its bytes are.
        place: Place,
        /// Where the film's corners are in a photograph of it, if the user has set them.
        corners: Option<Corners>,
        /// Whether it is to be shown: without that, its thumbnail is all that is sent of it.
        to_show: bool,
    },
}

/// Where in the attached file a film's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// They are the file; or it is an archive, and holds several films.
    File,
    /// There are none, for this reason.
    Nowhere(Error),
    /// Where a worker has noted.
    Noted(Note),
    /// The file has the name of a DICOM directory, and stands for the films of its file-set.
    FileSet {
        /// The paths of the file-set's files.
        names: Vec<String>,
        /// Which of them is the attached one.
        directory: usize,
    },
}

/// A worker's note of where in a file a film is, or why there is none. Any worker understands it; the page hands it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Note(pub String);

/// Where a film is that a worker has found in what was a single film to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// It is this one of the file-set's files.
    File(usize),
    /// Where the note says.
    Noted(Note),
}

/// What the worker says to the page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromWorker {
    /// The worker runs and listens. Always its first message.
    Awake {
        /// The worker's [`PROTOCOL`].
        protocol: String,
    },
    /// The model is on its way.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The model is here and is being optimised.
    Preparing,
    /// Films can be read.
    Ready {
        /// The model's contract.
        manifest: Box<Manifest>,
    },
    /// The model could not be loaded.
    NotReady {
        /// Why.
        failure: LoadFailure,
    },
    /// A film has come to a stage.
    Stage {
        /// Which film.
        film: FilmId,
        /// The stage that begins.
        stage: Stage,
    },
    /// What was to be read as a film holds these.
    Holds {
        /// Which film it was.
        film: FilmId,
        /// The films that take its place, by their names.
        films: Vec<(String, Held)>,
    },
    /// A film's way has ended. The pictures' grey bytes are attached, row by row, in the order of their sizes here.
    Read {
        /// Which film.
        film: FilmId,
        /// What is said of it.
        reading: Box<Reading>,
        /// The heatmap of the class that the reading's own heatmap does not explain.
        other: Option<ReportedHeatmap>,
        /// Width and height in pixels of the film in the list, where it could be decoded.
        thumbnail: Option<(u32, u32)>,
        /// The same of the film's preview, where it is to be shown.
        preview: Option<(u32, u32)>,
        /// The same of the photograph that the film was found in.
        photograph: Option<(u32, u32)>,
    },
}

/// Why no film can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LoadFailure {
    /// The model did not arrive.
    Download {
        /// What the browser said.
        detail: String,
    },
    /// The model or its manifest was refused.
    Model {
        /// Why.
        reason: Reason,
    },
    /// Page and worker are of two builds.
    Skew,
    /// The worker stopped before the model was ready, or could not be started.
    Crashed,
}

/// What the page hears of its workers, whichever they are by now.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The worker starts, once more.
    Starting,
    /// The model is on its way.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The model is being optimised.
    Preparing,
    /// Films are read from now on.
    Ready(Rc<Manifest>),
    /// No film can be read.
    NotReady(LoadFailure),
    /// A film has come to a stage.
    Stage(FilmId, Stage),
    /// What was taken for a film holds these, which have numbers and names of their own.
    Holds(FilmId, Vec<(FilmId, String)>),
    /// A film has its answer.
    Answered(FilmId, Answer),
    /// The worker stopped while it read this film, at this stage.
    Crashed(FilmId, Stage),
}

/// A film's answer, with what is needed to show it. It is made once and then handed on, so answers are told apart by where
/// they are kept: the page compares those of all its films whenever one of them changes.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What is said of the film.
    pub reading: Rc<Reading>,
    /// The heatmap of the class that the reading's own heatmap does not explain.
    pub other: Option<Rc<ReportedHeatmap>>,
    /// The film in the list, if it could be decoded.
    pub thumbnail: Option<Rc<Picture>>,
    /// The film, to look at.
    pub picture: Option<Rc<Picture>>,
    /// The photograph that the film was found in.
    pub photograph: Option<Rc<Picture>>,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.reading, &other.reading)
            && self.picture == other.picture
            && self.photograph == other.photograph
    }
}

/// A film to look at: grey, upright, at most 1200 pixels a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    grey: Vec<u8>,
}

impl Picture {
    /// A picture of `width * height` grey bytes, row by row; `None` when their number is another, or a side is 0.
    pub fn new(width: u32, height: u32, grey: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && height > 0 && grey.len() as u64 == u64::from(width) * u64::from(height);
        fits.then_some(Self { width, height, grey })
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The grey bytes, row by row.
    pub fn grey(&self) -> &[u8] {
        &self.grey
    }
}

/// Why there is no film in a file that the browser could not open.
pub fn unreadable() -> Error {
    Error::new(Stage::Decode, Kind::Unreadable, "the browser could not open the file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_was() {
        let place = Place::FileSet { names: vec!["a".into()], directory: 0 };
        let name = "a \"film\".jpeg".into();
        let message = ToWorker::Read { film: FilmId(7), name, place, corners: Some(Corners::FRAME), to_show: true };
        let json = serde_json::to_string(&message).expect("serialises");
        assert_eq!(serde_json::from_str::<ToWorker>(&json).expect("parses"), message);
    }

    #[test]
    fn a_message_of_another_build_is_an_error() {
        assert!(serde_json::from_str::<FromWorker>(r#"{"type":"read-in-another-way","film":1}"#).is_err());
    }

    #[test]
    fn a_picture_has_a_byte_for_each_pixel() {
        assert!(Picture::new(2, 3, vec![0; 6]).is_some());
        assert!(Picture::new(2, 3, vec![0; 5]).is_none());
        assert!(Picture::new(0, 3, Vec::new()).is_none());
        assert!(Picture::new(u32::MAX, u32::MAX, Vec::new()).is_none());
    }
}
