use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use lungfield_contract::{ByHand, Corners, Rectangle, Site};
use web_sys::File;
use yew::UseReducerDispatcher;

use super::state::{self, Action, Film, OwnThresholds, Session};
use crate::{
    bridge::{FilmId, LoadFailure, NamedFile, OwnModels, WorkerEvent, WorkerPool},
    platform::{self, Setting},
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

/// Does what the user asks: it has the workers, which have the films' files, and what the user has put where it is.
pub(super) struct Controller {
    pool: Option<WorkerPool>,
    by_hand: RefCell<HashMap<FilmId, ByHand>>,
    early: Rc<Early>,
    /// What reads films with a model of the user's own; absent of a build without tract.
    own: Option<OwnModels>,
    session: UseReducerDispatcher<Session>,
}

impl Controller {
    /// Starts the workers, whose script's address the build has written into the page.
    pub(super) fn open(session: UseReducerDispatcher<Session>) -> Self {
        let events = session.clone();
        let early = Rc::<Early>::default();
        let heard = early.clone();
        let script = platform::worker_script(platform::asks_for_tract());
        let addresses = script.zip(platform::meta("model").and_then(|path| platform::address(&path)));
        let thresholds = OwnThresholds::kept(Setting::Site.kept().as_deref());
        let site = thresholds.site().cloned();
        session.dispatch(Action::SetThresholds(thresholds));
        let manifest = addresses.as_ref().map(|(_, manifest)| manifest.clone());
        let own = platform::worker_script(true).zip(manifest).map(|(script, manifest)| {
            let events = session.clone();
            OwnModels::new(script, manifest, move |event| events.dispatch(Action::Own(event)))
        });
        let dropped = own.clone();
        let pool = addresses.map(|(worker, model)| {
            WorkerPool::start(worker, model, site, platform::worker_limit(), move |event| {
                heard.hear(&event);
                if let (WorkerEvent::IsModel(_, file), Some(own)) = (&event, &dropped) {
                    own.open(file.clone());
                }
                events.dispatch(Action::Worker(event))
            })
        });
        if pool.is_none() {
            session.dispatch(Action::Worker(WorkerEvent::NotReady(LoadFailure::Crashed)));
        }
        Self { pool, by_hand: RefCell::default(), early, own, session }
    }

    /// Adds films and has them read in this order. Not at once: the browser has been busy handing them over.
    pub(super) fn add(&self, files: Vec<NamedFile>) {
        let Some(pool) = self.pool.clone() else { return };
        let (session, early) = (self.session.clone(), self.early.clone());
        let add = move || {
            let first = files.first().cloned();
            let mut films: Vec<Film> = pool.add(files).into_iter().map(|(film, name)| Film::new(film, name)).collect();
            if let Some((film, file)) = films.first_mut().zip(first) {
                film.early = early.address(film.id, &file).map(state::Early::Address);
                if film.early.is_none() && !early.ready.get() {
                    pool.show_early(film.id);
                }
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
            pool.read_again(film, self.by_hand(film));
        }
    }

    /// Has tract run the networks from now on, or our own kernels, and these films read once more.
    pub(super) fn use_tract(&self, (tract, films): (bool, Vec<FilmId>)) {
        let Some((pool, script)) = self.pool.as_ref().zip(platform::worker_script(tract)) else { return };
        pool.switch_to(script);
        self.read_once_more(pool, films);
    }

    /// Has films answered at a site's own thresholds from now on, or at the model's, and these films read once more.
    pub(super) fn answer_at(&self, (site, films): (Option<Rc<Site>>, Vec<FilmId>)) {
        let Some(pool) = &self.pool else { return };
        match site.as_deref().map(serde_json::to_string) {
            Some(Ok(json)) => Setting::Site.keep(&json),
            Some(Err(_)) | None => Setting::Site.forget(),
        }
        pool.answer_at(site.as_deref().cloned());
        self.session.dispatch(Action::SetThresholds(site.map_or(OwnThresholds::None, OwnThresholds::Of)));
        self.read_once_more(pool, films);
    }

    fn read_once_more(&self, pool: &WorkerPool, films: Vec<FilmId>) {
        films.iter().for_each(|film| self.session.dispatch(Action::Retry(*film)));
        let (by_hand, others): (Vec<_>, Vec<_>) =
            films.into_iter().partition(|film| self.by_hand.borrow().contains_key(film));
        pool.read(&others);
        by_hand.into_iter().for_each(|film| self.read(film));
    }

    /// Opens a model of the user's own.
    pub(super) fn open_own(&self, archive: File) {
        if let Some(own) = &self.own {
            own.open(archive);
        }
    }

    /// Closes it.
    pub(super) fn close_own(&self) {
        if let Some(own) = &self.own {
            own.close();
        }
    }

    /// The archive of the one that is open.
    pub(super) fn own_archive(&self) -> Option<File> {
        self.own.as_ref()?.file()
    }

    /// Has a film read by it.
    pub(super) fn read_own(&self, film: FilmId) {
        if let Some((own, pool)) = self.own.as_ref().zip(self.pool.as_ref()) {
            own.read(pool, film, self.by_hand(film));
        }
    }

    /// Has a photograph read once more, with the film's corners where the user has put them.
    pub(super) fn set_corners(&self, (film, corners): (FilmId, Corners)) {
        // The lungs were set on the film between others.
        self.by_hand.borrow_mut().insert(film, ByHand { corners: Some(corners), lungs: None });
        self.read(film);
    }

    /// Has a film read once more within the rectangle that the user has set around the lungs; `None`: within the one that is found.
    pub(super) fn set_lungs(&self, (film, lungs): (FilmId, Option<Rectangle>)) {
        self.by_hand.borrow_mut().entry(film).or_default().lungs = lungs;
        self.read(film);
    }

    fn by_hand(&self, film: FilmId) -> ByHand {
        self.by_hand.borrow().get(&film).copied().unwrap_or_default()
    }

    /// Has a film that failed read once more.
    pub(super) fn retry(&self, film: FilmId) {
        self.session.dispatch(Action::Retry(film));
        self.read(film);
    }

    /// Asks for a part of a film with as much of its detail as there is room for.
    pub(super) fn look(&self, (film, part, most): (FilmId, Rectangle, [u32; 2])) {
        if let Some(pool) = &self.pool {
            pool.look(film, self.by_hand(film), part, most);
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
