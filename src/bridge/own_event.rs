use std::rc::Rc;

use lungfield_contract::{OwnFacts, OwnReading};

use super::FilmId;

/// What the page hears of a model of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnEvent {
    /// It is being opened.
    Opening,
    /// It reads films.
    Open(Rc<OwnFacts>),
    /// It is refused, or reads no more, for this reason.
    Refused(OwnRefusal),
    /// What it says of a film.
    Read(FilmId, Rc<OwnReading>),
    /// There is none any more.
    Closed,
}

/// Why a model is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnRefusal {
    /// What opens it could not be had.
    Absent,
    /// It was refused, for this reason.
    Because(String),
    /// It took too long, or all memory, or ended what runs it.
    Stopped,
}
