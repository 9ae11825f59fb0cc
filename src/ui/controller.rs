use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use lungfield_contract::{Corners, Rectangle};
use yew::UseReducerDispatcher;

use super::state::{Action, Film, Session};
use crate::{
    bridge::{FilmId, LoadFailure, NamedFile, WorkerEvent, WorkerPool},
    platform,
};

/// The first films, which the browser shows while nothing can read them.
#[derive(Default)]
struct Early {
    ready: Cell<bool>,
    addresses: RefCell<HashMap<FilmId, Rc<str>>>,
}

impl Early {
    /// What is heard of the workers.
    fn hear(&self, event: &WorkerEvent) {
        match event {
            WorkerEvent::Ready(_) => self.ready.set(true),
            WorkerEvent::Answered(film, _) | WorkerEvent::Expanded(film, _) => self.forget(*film),
            _ => {}
        }
    }

    /// Where the browser shows a film that has to wait.
    fn address(&self, film: FilmId, file: &NamedFile) -> Option<Rc<str>> {
        let address: Rc<str> = platform::address_of(file).filter(|_| !self.ready.get())?.into();
        self.addresses.borrow_mut().insert(film, address.clone());
        Some(address)
    }

    fn forget(&self, film: FilmId) {
        if let Some(address) = self.addresses.borrow_mut().remove(&film) {
            platform::forget(&address);
        }
    }
}

/// Does what the user asks: it has the workers, which have the films' files, and the corners that the user has set.
pub(super) struct Controller {
    pool: Option<WorkerPool>,
    corners: RefCell<HashMap<FilmId, Corners>>,
    early: Rc<Early>,
    session: UseReducerDispatcher<Session>,
}

impl Controller {
    /// Starts the workers, whose script's address the build has written into the page.
    pub(super) fn open(session: UseReducerDispatcher<Session>) -> Self {
        let events = session.clone();
        let early = Rc::<Early>::default();
        let heard = early.clone();
        let addresses = platform::meta("worker").zip(platform::meta("model").and_then(|path| platform::address(&path)));
        let pool = addresses.map(|(worker, model)| {
            WorkerPool::start(worker, model, platform::worker_limit(), move |event| {
                heard.hear(&event);
                events.dispatch(Action::Worker(event))
            })
        });
        if pool.is_none() {
            session.dispatch(Action::Worker(WorkerEvent::NotReady(LoadFailure::Crashed)));
        }
        Self { pool, corners: RefCell::default(), early, session }
    }

    /// Adds films and has them read in this order. Not at once: the browser has been busy handing them over.
    pub(super) fn add(&self, files: Vec<NamedFile>) {
        let Some(pool) = self.pool.clone() else { return };
        let (session, early) = (self.session.clone(), self.early.clone());
        let add = move || {
            let first = files.first().cloned();
            let mut films: Vec<Film> = pool.add(files).into_iter().map(|(film, name)| Film::new(film, name)).collect();
            if let Some((film, file)) = films.first_mut().zip(first) {
                film.early = early.address(film.id, &file);
            }
            let ids: Vec<FilmId> = films.iter().map(|film| film.id).collect();
            session.dispatch(Action::Add(films));
            pool.read(&ids);
        };
        Timeout::new(0, add).forget();
    }

    /// Has a film read again.
    pub(super) fn read(&self, film: FilmId) {
        if let Some(pool) = &self.pool {
            pool.read_again(film, self.corners.borrow().get(&film).copied());
        }
    }

    /// Has a photograph read once more, with the film's corners where the user has put them.
    pub(super) fn set_corners(&self, (film, corners): (FilmId, Corners)) {
        self.corners.borrow_mut().insert(film, corners);
        self.read(film);
    }

    /// Has a film that failed read once more.
    pub(super) fn retry(&self, film: FilmId) {
        self.session.dispatch(Action::Retry(film));
        self.read(film);
    }

    /// Asks for a part of a film with as much of its detail as there is room for.
    pub(super) fn look(&self, (film, part, most): (FilmId, Rectangle, [u32; 2])) {
        if let Some(pool) = &self.pool {
            pool.look(film, self.corners.borrow().get(&film).copied(), part, most);
        }
    }

    /// Removes films, which can be brought back until others are removed or they are forgotten.
    pub(super) fn remove(&self, films: Vec<FilmId>) {
        if let Some(pool) = &self.pool {
            pool.set_aside(|film| films.contains(&film));
        }
        self.session.dispatch(Action::Remove(films));
    }

    /// Removes all films, as `remove` does.
    pub(super) fn clear(&self) {
        if let Some(pool) = &self.pool {
            pool.set_aside(|_| true);
        }
        self.session.dispatch(Action::Clear);
    }

    /// Brings the films back that were removed last; these of them had not been read.
    pub(super) fn undo(&self, unread: Vec<FilmId>) {
        self.session.dispatch(Action::Undo);
        if let Some(pool) = &self.pool {
            pool.bring_back(&unread);
        }
    }

    /// Forgets the films that were removed last.
    pub(super) fn forget(&self) {
        if let Some(pool) = &self.pool {
            pool.forget_aside();
        }
        self.session.dispatch(Action::Forget);
    }

    /// Tries to load the model once more.
    pub(super) fn restart(&self) {
        if let Some(pool) = &self.pool {
            pool.restart();
        }
    }
}
