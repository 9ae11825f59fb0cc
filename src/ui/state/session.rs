use std::rc::Rc;

use lungfield_contract::{Error, Kind, Manifest, Milliseconds, Prevalence, Reading, Seen, Stage};
use lungfield_presenter::First;

use super::{Ending, Film, Own, OwnThresholds, Progress};
use crate::bridge::{Answer, CACHED_PICTURES, Detail, FilmId, LoadFailure, OwnEvent, WorkerEvent};

/// All that the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The worker and its model.
    pub engine: Engine,
    /// The model's contract with the thresholds that films are answered at, from the first time it was ready.
    pub manifest: Option<Rc<Manifest>>,
    /// The same with the model's own.
    pub shipped: Option<Rc<Manifest>>,
    /// The user's own model, if there is one.
    pub own: Own,
    /// The site's thresholds, if it has its own.
    pub thresholds: OwnThresholds,
    /// The films in the order of input.
    pub films: Vec<Film>,
    /// How common pneumonia is where the films come from, if the user has said so. For all films, and never kept.
    pub prevalence: Option<Prevalence>,
    /// The user says what she sees on each film before she is shown its answer.
    pub read_first: bool,
    /// Only films that ended so are gone through, if the user has said so.
    pub only: Option<Ending>,
    /// The films that were removed last and can still be brought back.
    pub removed: Option<Removed>,
    selected: Option<FilmId>,
    /// What was last looked at closely.
    detail: Option<(FilmId, Rc<Detail>)>,
}

/// Films that were removed at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Removed {
    /// The films with the places that they had, from the first on.
    pub films: Vec<(usize, Film)>,
    selected: Option<FilmId>,
}

impl Removed {
    /// Those that had not been read.
    pub fn unread(&self) -> Vec<FilmId> {
        self.films.iter().filter(|(_, film)| film.answer().is_none()).map(|(_, film)| film.id).collect()
    }
}

/// The state of the worker and its model.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Engine {
    /// The worker starts.
    #[default]
    Starting,
    /// The worker's code and the model are on their way.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// So many seconds are left, as it has gone so far.
        seconds: Option<u32>,
        /// Nothing comes just now.
        still: bool,
    },
    /// The model is being optimised.
    Preparing,
    /// Films are read.
    Ready,
    /// No film can be read.
    Failed(LoadFailure),
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Films were added.
    Add(Vec<Film>),
    /// A film is to be shown.
    Select(FilmId),
    /// The film so many places after the shown one is to be shown, of those that are listed, if there is one.
    Step(isize),
    /// Films are to be removed.
    Remove(Vec<FilmId>),
    /// All films are to be removed.
    Clear,
    /// The films that were removed last are to come back.
    Undo,
    /// The films that were removed last cannot come back any more.
    Forget,
    /// Only films that ended so are to be gone through, or all again.
    Only(Option<Ending>),
    /// A film is to be read once more.
    Retry(FilmId),
    /// The user wants to say what she sees before she is shown answers, or does not.
    ReadFirst(bool),
    /// The user has said what she sees on a film, or wants its answer without saying.
    Saw(FilmId, Option<Seen>),
    /// The answer of a film is to be shown even if it is withheld.
    Reveal(FilmId),
    /// The user has said how common pneumonia is, or no longer says so.
    SetPrevalence(Option<Prevalence>),
    /// Something came from the user's own model.
    Own(OwnEvent),
    /// Films are answered at other thresholds from now on.
    SetThresholds(OwnThresholds),
    /// Something came from a worker.
    Worker(WorkerEvent),
}

impl Session {
    /// The film that is shown.
    pub fn selected(&self) -> Option<&Film> {
        self.films.iter().find(|film| Some(film.id) == self.selected)
    }

    /// The films that the list has: all, or those that ended as asked for and the one that is shown.
    pub fn listed(&self) -> impl Iterator<Item = &Film> {
        let is_listed =
            |film: &&Film| self.only.is_none_or(|ending| Ending::of(film) == ending) || Some(film.id) == self.selected;
        self.films.iter().filter(is_listed)
    }

    /// Nothing is read: no film waits, or none can be read.
    pub fn is_idle(&self) -> bool {
        match self.engine {
            Engine::Ready => self.films.iter().all(|film| film.answer().is_some()),
            // What is kept may be why.
            Engine::Failed(_) => true,
            _ => false,
        }
    }

    /// The part of the shown film that has come with its detail.
    pub fn detail(&self) -> Option<&Rc<Detail>> {
        self.detail.as_ref().filter(|(film, _)| Some(*film) == self.selected).map(|(_, detail)| detail)
    }

    /// The site has thresholds that do not hold for this model.
    pub fn thresholds_are_void(&self) -> bool {
        self.shipped.as_ref().is_some_and(|shipped| self.thresholds.are_void_with(shipped))
    }

    /// The session after an action.
    pub fn reduce(&self, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::Add(films) => next.add(films),
            Action::Select(film) => next.selected = Some(film),
            Action::Step(places) => next.step(places),
            Action::Remove(films) => next.remove(|film| films.contains(&film)),
            Action::Clear => next.remove(|_| true),
            Action::Undo => next.undo(),
            Action::Forget => next.removed = None,
            Action::Only(ending) => next.list_only(ending),
            Action::Retry(film) => next.with_film(film, |film| film.progress = Progress::Waiting),
            Action::ReadFirst(first) => next.read_first(first),
            Action::Saw(film, seen) => {
                next.with_film(film, |film| film.first = seen.map_or(First::NotAsked, First::Said));
            }
            Action::Reveal(film) => next.with_film(film, |film| film.revealed = true),
            Action::SetPrevalence(prevalence) => next.prevalence = prevalence,
            Action::Own(event) => next.on_own_event(event),
            Action::SetThresholds(thresholds) => {
                next.thresholds = thresholds;
                next.manifest = next.shipped.as_ref().map(|shipped| next.thresholds.applied_to(shipped));
            }
            Action::Worker(event) => next.on_worker_event(event),
        }
        next
    }

    /// The first of the new films is shown: it is what the user has just asked for.
    fn add(&mut self, films: Vec<Film>) {
        if let Some(first) = films.first() {
            (self.selected, self.only) = (Some(first.id), None);
        }
        let first = self.first();
        self.films.extend(films.into_iter().map(|film| Film { first, ..film }));
    }

    /// Whether the user is asked first about a film that has just come.
    fn first(&self) -> First {
        if self.read_first { First::Asked } else { First::NotAsked }
    }

    /// Answers that are there already have been seen: only those that are still to come wait for her.
    fn read_first(&mut self, first: bool) {
        self.read_first = first;
        for film in &mut self.films {
            film.first = match film.first {
                First::NotAsked if first && film.answer().is_none() => First::Asked,
                First::Asked if !first => First::NotAsked,
                as_it_is => as_it_is,
            };
        }
    }

    fn step(&mut self, places: isize) {
        let listed: Vec<FilmId> = self.listed().map(|film| film.id).collect();
        let here = listed.iter().position(|film| Some(*film) == self.selected);
        let film = here.and_then(|here| here.checked_add_signed(places)).and_then(|there| listed.get(there));
        self.selected = film.copied().or(self.selected);
    }

    /// Of the films that ended so the first is shown, if the shown one is none of them.
    fn list_only(&mut self, ending: Option<Ending>) {
        self.only = ending;
        let is_wanted = |film: &&Film| ending.is_none_or(|ending| Ending::of(film) == ending);
        if !self.selected().as_ref().is_some_and(is_wanted) {
            self.selected = self.films.iter().find(is_wanted).map(|film| film.id).or(self.selected);
        }
    }

    /// The film after the shown one takes its place on the screen, or the one before it.
    fn remove(&mut self, is_removed: impl Fn(FilmId) -> bool) {
        let selected = self.selected;
        let shown = self.films.iter().position(|film| Some(film.id) == selected).unwrap_or_default();
        let stays = |film: &&Film| !is_removed(film.id);
        let (before, after) = self.films.split_at(shown);
        let next = after.iter().find(stays).or(before.iter().rfind(stays));
        self.selected = next.map(|film| film.id);
        let (gone, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.films).into_iter().enumerate().partition(|(_, film)| is_removed(film.id));
        self.films = stay.into_iter().map(|(_, film)| film).collect();
        if !gone.is_empty() {
            self.removed = Some(Removed { films: gone, selected });
        }
        if self.films.is_empty() {
            self.only = None;
        }
    }

    fn undo(&mut self) {
        let Some(Removed { films, selected }) = self.removed.take() else { return };
        for (place, film) in films {
            self.films.insert(place.min(self.films.len()), film);
        }
        // It may have been an archive whose films have taken its place meanwhile.
        if self.films.iter().any(|film| Some(film.id) == selected) {
            self.selected = selected;
        }
        self.only = None;
    }

    /// The films that one holds take its place, the first of them on the screen if it was shown there.
    fn replace(&mut self, id: FilmId, films: Vec<(FilmId, String)>) {
        let Some(index) = self.films.iter().position(|film| film.id == id) else { return };
        if self.selected == Some(id) {
            self.selected = films.first().map(|(film, _)| *film);
        }
        let first = self.first();
        self.films.splice(index..=index, films.into_iter().map(|(film, name)| Film { first, ..Film::new(film, name) }));
    }

    fn on_worker_event(&mut self, event: WorkerEvent) {
        match event {
            WorkerEvent::Starting => self.engine = Engine::Starting,
            WorkerEvent::Downloading { received, total, seconds, still } => {
                self.engine = Engine::Downloading { received, total, seconds, still };
            }
            WorkerEvent::Preparing => self.engine = Engine::Preparing,
            WorkerEvent::Ready(manifest) => {
                self.engine = Engine::Ready;
                self.manifest = Some(self.thresholds.applied_to(&manifest));
                self.shipped = Some(manifest);
            }
            WorkerEvent::NotReady(failure) => self.engine = Engine::Failed(failure),
            WorkerEvent::Stage(id, stage) => {
                let shown = self.selected == Some(id);
                self.with_film(id, |film| film.enter(stage, shown));
            }
            WorkerEvent::Shown(id, picture) => self.with_film(id, |film| film.show(picture)),
            WorkerEvent::Expanded(id, films) => self.replace(id, films),
            WorkerEvent::IsModel(film, _) => {
                self.remove(|id| id == film);
                self.removed = None;
            }
            WorkerEvent::Looked(film, detail) => self.detail = Some((film, detail)),
            WorkerEvent::Answered(id, answer) => {
                // It may have been read between other corners.
                self.detail = self.detail.take().filter(|(film, _)| *film != id);
                self.with_film(id, |film| {
                    film.end(answer);
                    film.own = None;
                });
                self.evict_pictures();
            }
            WorkerEvent::Crashed(id, stage) => {
                let Some(manifest) = self.manifest.clone() else { return };
                self.with_film(id, |film| film.end(crashed(film, stage, &manifest)));
            }
        }
    }

    /// What another model has said is gone with it.
    fn on_own_event(&mut self, event: OwnEvent) {
        self.own = match event {
            OwnEvent::Read(film, reading) => return self.with_film(film, |film| film.own = Some(reading)),
            OwnEvent::Opening => Own::Opening,
            OwnEvent::Open(facts) => Own::Open(facts),
            OwnEvent::Refused(refusal) => Own::Refused(refusal),
            OwnEvent::Closed => Own::None,
        };
        self.films.iter_mut().for_each(|film| film.own = None);
    }

    fn with_film(&mut self, id: FilmId, change: impl FnOnce(&mut Film)) {
        if let Some(film) = self.films.iter_mut().find(|film| film.id == id) {
            change(film);
        }
    }

    /// Keeps the shown film's picture and the newest others.
    fn evict_pictures(&mut self) {
        let selected = self.selected;
        let has_picture = |film: &&mut Film| {
            Some(film.id) != selected && film.answer().is_some_and(|answer| answer.picture.is_some())
        };
        self.films.iter_mut().rev().filter(has_picture).skip(CACHED_PICTURES - 1).for_each(Film::evict_picture);
    }
}

/// The answer for a film that the worker died of.
fn crashed(film: &Film, stage: Stage, manifest: &Manifest) -> Answer {
    let error = Error::new(stage, Kind::Engine, "the reader stopped and was started again");
    let reading = Reading::without_answer(&film.name, manifest, &error, Milliseconds::default());
    Answer {
        reading: Rc::new(reading),
        other: None,
        thumbnail: None,
        picture: None,
        photograph: None,
        size: None,
        header: None,
        retriable: true,
    }
}
