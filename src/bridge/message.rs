use lungfield_contract::{
    ArchiveEntry, ByHand, Error, FilmHeader, Kind, Manifest, OwnFacts, OwnReading, Reading, Reason, Rectangle,
    ReportedHeatmap, Site, Stage,
};
use serde::{Deserialize, Serialize};

/// The version of the messages. A page and a worker of two builds find out with the worker's first message; what either
/// cannot parse is a [`LoadFailure::VersionMismatch`] and never a guess.
pub const PROTOCOL: &str = concat!("lungfield.bridge/6 ", env!("CARGO_PKG_VERSION"));

/// A film on the page, numbered in the order of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilmId(pub u32);

/// What the page asks of a worker.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToWorker {
    /// Load the model. Sent once, after [`FromWorker::Started`].
    Load {
        /// The absolute address of the model's manifest. The model's file lies beside it.
        manifest: String,
        /// The site's own thresholds. Those that were chosen with another model are void, and the model's hold.
        site: Option<Box<Site>>,
    },
    /// Send a picture of a film as it came, before there is a model to read it; its `File` is attached.
    Show {
        /// Which film.
        film: FilmId,
        /// Where in the file its bytes are.
        location: Location,
    },
    /// Read a film; the `File` that holds its bytes is attached, if there is one.
    Read {
        /// Which film.
        film: FilmId,
        /// The film's name.
        name: String,
        /// Where in the file its bytes are.
        location: Location,
        /// What the user has put where it is.
        by_hand: ByHand,
        /// Whether it will be looked at: if not, no picture of it but the thumbnail is sent.
        visible: bool,
    },
    /// Send a part of a film with its detail; its `File` is attached.
    Look {
        /// Which film.
        film: FilmId,
        /// Where in the file its bytes are.
        location: Location,
        /// What the user has put where it is.
        by_hand: ByHand,
        /// Which part of it.
        part: Rectangle,
        /// How many pixels there is room for, across and down.
        most: [u32; 2],
    },
    /// Open a model of the user's own, whose archive is attached. Only for workers with tract.
    OpenOwn,
    /// Read a film with it; the film's `File` is attached.
    ReadOwn {
        /// Which film.
        film: FilmId,
        /// The film's name.
        name: String,
        /// Where in the file its bytes are.
        location: Location,
        /// What the user has put where it is.
        by_hand: ByHand,
    },
}

/// Where in the attached file a film's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Location {
    /// They are the file; or it is an archive, and holds several films.
    File,
    /// They are this entry of the archive that the file is.
    Entry(ArchiveEntry),
    /// There are none, for this reason.
    Missing(Error),
    /// The file has the name of a DICOM directory, and stands for the films of its file-set.
    FileSet {
        /// The paths of the file-set's files.
        names: Vec<String>,
        /// Which of them is the attached one.
        directory: usize,
    },
}

/// Where a film is that a worker has found in an archive or a DICOM file-set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Member {
    /// It is this one of the file-set's files.
    File(usize),
    /// It is this entry of the archive.
    Entry(ArchiveEntry),
    /// It is listed and not there, for this reason.
    Missing(Error),
}

/// What a worker says to the page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromWorker {
    /// The worker runs and listens. Always the first message of its code.
    Started {
        /// The worker's [`PROTOCOL`].
        protocol: String,
    },
    /// The code and the model are on their way; `www/start-worker.js` says so, from before there is code.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// So many seconds are left, as it has gone so far.
        #[serde(default)]
        seconds: Option<u32>,
        /// Nothing comes just now.
        #[serde(default)]
        still: bool,
    },
    /// The model is here and is being optimised.
    Preparing,
    /// Films can be read.
    Ready {
        /// The model's contract, with its own thresholds.
        manifest: Box<Manifest>,
    },
    /// The model could not be loaded.
    NotReady {
        /// Why.
        failure: LoadFailure,
    },
    /// A film as it came; its grey bytes are attached, row by row. Nothing comes of what cannot be decoded, or is several films.
    Shown {
        /// Which film.
        film: FilmId,
        /// Width and height in pixels.
        size: (u32, u32),
    },
    /// A film has come to a stage.
    Stage {
        /// Which film.
        film: FilmId,
        /// The stage that begins.
        stage: Stage,
    },
    /// What was to be read as a film is an archive or a file-set, and holds these.
    Expanded {
        /// Which film it was.
        film: FilmId,
        /// The films that take its place, by their names.
        members: Vec<(String, Member)>,
    },
    /// The file is neither JPEG nor PNG, and this worker reads nothing else: the worker of a first visit.
    NeedsAllFormats {
        /// Which film.
        film: FilmId,
    },
    /// What was to be read as a film is the archive of a model of somebody's own.
    IsModel {
        /// Which film it was.
        film: FilmId,
    },
    /// The user's own model reads films.
    OwnOpened {
        /// What is to be known of it.
        facts: Box<OwnFacts>,
    },
    /// It is refused.
    OwnRefused {
        /// Why, in English.
        reason: String,
    },
    /// What it says of a film.
    OwnRead {
        /// Which film.
        film: FilmId,
        /// What it says.
        reading: Box<OwnReading>,
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
        /// The same of the film's preview, where it will be looked at.
        preview: Option<(u32, u32)>,
        /// The same of the photograph that the film was found in.
        photograph: Option<(u32, u32)>,
        /// The same of the film itself, of which nothing is attached.
        size: Option<(u32, u32)>,
        /// What its header says, where it has one and will be looked at.
        header: Option<FilmHeader>,
    },
    /// A part of a film that was asked for; its samples are attached.
    Looked {
        /// Which film.
        film: FilmId,
        /// Which part of it.
        part: Rectangle,
        /// Width and height in pixels.
        size: (u32, u32),
        /// Whether a sample has two bytes.
        deep: bool,
        /// Where the samples show more of the film's values than its preview: what that shows of them, the middle between black and
        /// white and how far those are apart, as shares of their range.
        shown: Option<[f64; 2]>,
    },
}

/// Why no film can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    VersionMismatch,
    /// The worker stopped before the model was ready, or could not be started.
    Crashed,
}

/// Why there is no film in a file that the browser could not open.
pub fn unreadable() -> Error {
    Error::new(Stage::Decode, Kind::Unreadable, "the browser could not open the file")
}

#[cfg(test)]
mod tests {
    use lungfield_contract::Corners;

    use super::*;

    fn read(location: Location) -> ToWorker {
        let name = "a \"film\".jpeg".into();
        let by_hand = ByHand { corners: Some(Corners::FRAME), lungs: Some(Rectangle::FILM) };
        ToWorker::Read { film: FilmId(7), name, location, by_hand, visible: true }
    }

    #[test]
    fn a_message_comes_back_as_it_was() {
        let entry = r#"{"header":1,"packed":2,"bytes":3,"crc32":4,"method":8,"encrypted":false}"#;
        let locations = [
            Location::File,
            Location::Entry(serde_json::from_str(entry).expect("is an entry")),
            Location::Missing(unreadable()),
            Location::FileSet { names: vec!["a".into()], directory: 0 },
        ];
        for message in locations.map(read) {
            let json = serde_json::to_string(&message).expect("serialises");
            assert_eq!(serde_json::from_str::<ToWorker>(&json).expect("parses"), message);
        }
    }

    #[test]
    fn a_message_of_another_build_is_an_error() {
        assert!(serde_json::from_str::<FromWorker>(r#"{"read-in-another-way":{"film":1}}"#).is_err());
        assert!(serde_json::from_str::<Member>(r#"{"entry":{"offset":1}}"#).is_err());
    }
}
