use std::{cell::RefCell, collections::HashMap};

use gloo::timers::callback::Timeout;
use lungfield_contract::Corners;
use yew::UseReducerDispatcher;

use super::state::{Action, Film, Session};
use crate::{
    bridge::{Event, FilmId, FilmReader, LoadFailure, NamedFile},
    platform,
};

/// What the page holds besides the session: the reader, which has the films' files, and where the user has put corners.
pub(super) struct Desk {
    reader: Option<FilmReader>,
    corners: RefCell<HashMap<FilmId, Corners>>,
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
        Self { reader, corners: RefCell::default(), session }
    }

    /// Adds films and has them read in this order. Not at once: the browser has been busy handing them over.
    pub(super) fn add(&self, files: Vec<NamedFile>) {
        let Some(reader) = self.reader.clone() else { return };
        let session = self.session.clone();
        let add = move || {
            let films: Vec<Film> = reader.add(files).into_iter().map(|(film, name)| Film::new(film, name)).collect();
            let ids: Vec<FilmId> = films.iter().map(|film| film.id).collect();
            session.dispatch(Action::Add(films));
            reader.read(&ids);
        };
        Timeout::new(0, add).forget();
    }

    /// Has a film read again.
    pub(super) fn read(&self, film: FilmId) {
        if let Some(reader) = &self.reader {
            reader.read_again(film, self.corners.borrow().get(&film).copied());
        }
    }

    /// Has a photograph read once more, with the film's corners where the user has put them.
    pub(super) fn read_between(&self, (film, corners): (FilmId, Corners)) {
        self.corners.borrow_mut().insert(film, corners);
        self.read(film);
    }

    /// Removes films.
    pub(super) fn remove(&self, films: Vec<FilmId>) {
        for film in &films {
            self.corners.borrow_mut().remove(film);
            if let Some(reader) = &self.reader {
                reader.forget(*film);
            }
        }
        self.session.dispatch(Action::Remove(films));
    }

    /// Removes all films.
    pub(super) fn clear(&self) {
        self.corners.borrow_mut().clear();
        if let Some(reader) = &self.reader {
            reader.forget_all();
        }
        self.session.dispatch(Action::Clear);
    }

    /// Tries to load the model once more.
    pub(super) fn restart(&self) {
        if let Some(reader) = &self.reader {
            reader.restart();
        }
    }
}
