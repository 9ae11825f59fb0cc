use lungfield_history::{Brief, Case, Fault};
use serde::{Deserialize, Serialize};

/// What the page asks of the worker that keeps the history.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToHistory {
    /// How does it stand?
    Look {
        /// The page has been told that there is one.
        expected: bool,
    },
    /// Begin one.
    Begin {
        /// What it is opened with from now on.
        pin: String,
        /// Who uses the app.
        who: String,
        /// For so many days cases are kept.
        days: u16,
    },
    /// Open it.
    Unlock {
        /// What it was begun with.
        pin: String,
    },
    /// Close it, and forget the key.
    Lock,
    /// Somebody else uses the app, or cases are kept for another time.
    Set {
        /// Who.
        who: String,
        /// For so many days.
        days: u16,
    },
    /// Keep a film that was read.
    Keep(Box<Case>),
    /// The answer of this case, which was held back, has been shown on request.
    Shown(u64),
    /// Send a case.
    Open(u64),
    /// Remove cases.
    Remove(Vec<u64>),
    /// Write all to a file.
    Export,
    /// Take the cases of a file, whose bytes are attached.
    Import {
        /// What that history was begun with.
        pin: String,
    },
    /// Delete everything, opened or not.
    DeleteAll,
}

/// What it says, to each question once; and [`FromHistory::State`] whenever another window has changed something.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromHistory {
    /// How it stands.
    State(Box<History>),
    /// A film was kept.
    Kept(Box<Listed>),
    /// A case.
    Case(Box<Case>),
    /// A file; its bytes are attached.
    File,
    /// What came of a file.
    Imported {
        /// So many cases were taken.
        taken: u64,
        /// So many were there already.
        known: u64,
        /// So many are older than cases are kept here.
        old: u64,
        /// So many could not be taken: they are missing, or not as they were kept.
        lost: u64,
    },
    /// Nothing was done.
    Failed(HistoryFailure),
}

/// How the history stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// There is none.
    Off,
    /// There was one, and the browser has it no longer.
    Lost,
    /// It wants the PIN.
    Locked,
    /// It is open.
    Open(OpenHistory),
}

/// An open history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenHistory {
    /// Who uses the app.
    pub who: String,
    /// For so many days cases are kept.
    pub days: u16,
    /// The cases, in the order in which they were kept.
    pub cases: Vec<Listed>,
    /// How many entries the log has.
    pub entries: u64,
    /// What was not done by this program.
    pub faults: Vec<Fault>,
    /// When all was written to a file last.
    pub exported: Option<String>,
}

/// A case in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Its number.
    pub case: u64,
    /// What a list shows of it.
    pub brief: Brief,
}

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryFailure {
    /// The browser gives no storage, or no cryptography: a private window, or a page that was not served securely.
    Unavailable,
    /// It is another PIN.
    WrongPin,
    /// There is no history, or it is locked: another window has deleted it, perhaps.
    Closed,
    /// It could not be written: there is no room.
    NotWritten,
    /// The case is not there, or not as it was kept.
    NoCase,
    /// The file holds no history, for this reason.
    NotAHistory(String),
    /// The program stopped.
    Stopped,
}
