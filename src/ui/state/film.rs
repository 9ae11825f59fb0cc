use std::rc::Rc;

use lungfield_contract::{Marks, OwnReading, Prevalence, Reading, Stage};
use lungfield_presenter::{Asked, First, Verdict};

use crate::bridge::{Answer, FilmId, Picture};

/// A film on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// Its number.
    pub id: FilmId,
    /// Its file's name.
    pub name: Rc<str>,
    /// How far it has come.
    pub progress: Progress,
    /// What is seen of it until there is an answer.
    pub early: Option<Early>,
    /// The user wants to see the answer even if it is withheld.
    pub(super) revealed: bool,
    /// Whether the user says what she sees before she is shown the answer.
    pub(super) first: First,
    /// What the user's own model says of it.
    pub own: Option<Rc<OwnReading>>,
}

/// A film as it came.
#[derive(Clone, Debug, PartialEq)]
pub enum Early {
    /// The browser itself shows it, under this address.
    Address(Rc<str>),
    /// A worker has decoded it.
    Picture(Rc<Picture>),
}

/// How far a film has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// It waits for its turn, or for the model.
    Waiting,
    /// It is being read.
    Reading(Stage),
    /// Its way has ended, with an answer or without one.
    Ended(Answer),
}

impl Film {
    /// A film that waits.
    pub fn new(id: FilmId, name: impl Into<Rc<str>>) -> Self {
        Self {
            id,
            name: name.into(),
            progress: Progress::Waiting,
            early: None,
            revealed: false,
            first: First::NotAsked,
            own: None,
        }
    }

    /// The answer, once there is one.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.progress {
            Progress::Ended(answer) => Some(answer),
            _ => None,
        }
    }

    /// What is said of the film, once its way has ended.
    pub fn reading(&self) -> Option<&Reading> {
        self.answer().map(|answer| &*answer.reading)
    }

    /// What may be said of the film, once its way has ended.
    pub fn verdict(&self) -> Option<Verdict> {
        self.reading().map(|reading| Verdict::of(reading, self.asked(None)))
    }

    /// What the user has asked for of this film.
    pub fn asked(&self, prevalence: Option<Prevalence>) -> Asked {
        Asked { revealed: self.revealed, prevalence, first: self.first }
    }

    /// What the user has done with the answer.
    pub fn marks(&self) -> Marks {
        Marks {
            shown_on_request: matches!(self.verdict(), Some(Verdict::Answered { revealed: true, .. })),
            seen_first: match self.first {
                First::Said(seen) => Some(seen),
                First::NotAsked | First::Asked => None,
            },
        }
    }

    /// The film in the list.
    pub fn thumbnail(&self) -> Option<&Rc<Picture>> {
        self.answer().and_then(|answer| answer.thumbnail.as_ref())
    }

    /// Whether the film could be decoded, so that it can be looked at, with an answer or without one.
    pub fn can_be_shown(&self) -> bool {
        self.thumbnail().is_some()
    }

    /// Whether the film can be looked at and its picture was evicted.
    pub fn needs_picture(&self) -> bool {
        self.can_be_shown() && self.answer().is_some_and(|answer| answer.picture.is_none())
    }

    /// The film has come to a stage. One that has its answer keeps it while it is read again, and of one that is not shown
    /// only the first counts: the page would be drawn again for each.
    pub(super) fn enter(&mut self, stage: Stage, shown: bool) {
        if self.progress == Progress::Waiting || (shown && self.answer().is_none()) {
            self.progress = Progress::Reading(stage);
        }
    }

    /// The film as it came is there: of no use any more where there is an answer.
    pub(super) fn show(&mut self, picture: Rc<Picture>) {
        if self.answer().is_none() {
            self.early = Some(Early::Picture(picture));
        }
    }

    /// The film's way has ended.
    pub(super) fn end(&mut self, answer: Answer) {
        self.early = None;
        self.progress = Progress::Ended(answer);
    }

    /// Drops the picture; the thumbnail stays.
    pub(super) fn evict_picture(&mut self) {
        if let Progress::Ended(answer) = &mut self.progress {
            (answer.picture, answer.photograph, answer.header) = (None, None, None);
        }
    }
}
