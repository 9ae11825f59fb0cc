use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use lungfield_reader::Corners;
use web_sys::File;
use yew::UseReducerDispatcher;

use super::state::{Action, Film, Session};
use crate::{
    bridge::{Event, FilmId, FilmReader, LoadFailure},
    platform,
};

/// What the page holds besides the session: the reader, and the handles of the films' files. A handle is not the file's
/// bytes; the page never has those.
pub(super) struct Desk {
    reader: Option<FilmReader>,
    files: RefCell<HashMap<FilmId, File>>,
    corners: RefCell<HashMap<FilmId, Corners>>,
    next: Cell<u32>,
    session: UseReducerDispatcher<Session>,
}

impl Desk {
    /// Starts the reader, whose address the build has written into the page.
    pub(super) fn open(session: UseReducerDispatcher<Session>) -> Self {
        let hear = session.clone();
        let addresses = platform::meta("worker").zip(platform::meta("model").and_then(|path| platform::address(&path)));
        let reader = addresses.map(|(worker, model)| {
            FilmReader::start(worker, model, platform::workers(), move |event| hear.dispatch(Action::Hear(event)))
        });
        if reader.is_none() {
            session.dispatch(Action::Hear(Event::NotReady(LoadFailure::Crashed)));
        }
        Self { reader, files: RefCell::default(), corners: RefCell::default(), next: Cell::new(0), session }
    }

    /// Adds films and has them read in this order.
    pub(super) fn add(&self, files: Vec<File>) {
        let films: Vec<Film> = files.iter().map(|file| Film::new(self.number(), file.name())).collect();
        let ids: Vec<FilmId> = films.iter().map(|film| film.id).collect();
        self.files.borrow_mut().extend(ids.iter().copied().zip(files));
        self.session.dispatch(Action::Add(films));
        ids.into_iter().for_each(|film| self.read(film));
    }

    /// Has a film read, for the first time or again.
    pub(super) fn read(&self, film: FilmId) {
        let file = self.files.borrow().get(&film).cloned();
        if let (Some(reader), Some(file)) = (&self.reader, file) {
            reader.read(film, file, self.corners.borrow().get(&film).copied());
        }
    }

    /// Has a photograph read once more, with the film's corners where the user has put them.
    pub(super) fn read_between(&self, (film, corners): (FilmId, Corners)) {
        self.corners.borrow_mut().insert(film, corners);
        self.read(film);
    }

    /// Removes a film.
    pub(super) fn remove(&self, film: FilmId) {
        self.forget(film);
        self.session.dispatch(Action::Remove(film));
    }

    /// Removes all films.
    pub(super) fn clear(&self) {
        let films: Vec<FilmId> = self.files.borrow().keys().copied().collect();
        films.into_iter().for_each(|film| self.forget(film));
        self.session.dispatch(Action::Clear);
    }

    /// Tries to load the model once more.
    pub(super) fn restart(&self) {
        if let Some(reader) = &self.reader {
            reader.restart();
        }
    }

    fn forget(&self, film: FilmId) {
        self.files.borrow_mut().remove(&film);
        self.corners.borrow_mut().remove(&film);
        if let Some(reader) = &self.reader {
            reader.forget(film);
        }
    }

    fn number(&self) -> FilmId {
        FilmId(self.next.replace(self.next.get() + 1))
    }
}
