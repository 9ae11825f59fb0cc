use std::{cell::RefCell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Timeout};
use js_sys::{ArrayBuffer, Uint8Array};
use lungfield_contract::{Corners, Stage};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker};

use super::{
    AT_HAND, Answer, Event, FilmId, FromWorker, LoadFailure, NamedFile, PROTOCOL, Picture, ToWorker,
    early::early,
    envelope::{pack, unpack},
    queue::Queue,
    source::{Source, Sources},
};

/// The worker that is always there. The others come when many films wait, and go when none does.
const FIRST: usize = 0;
/// So many films must wait for one more worker to be worth loading a model for.
const MANY: usize = 4;
/// So many milliseconds the workers leave the processor to the page while it draws a long list or the answer that the user
/// looks at, where [`MANY`] films wait: on few cores each would take as long as all together.
const DRAWING: u32 = 150;
/// A worker that has read so many films, and then had nothing to do for so many milliseconds, is replaced: what it has in
/// memory never shrinks, and is as much as its largest film took and what the browser has not collected yet.
const WORN: (u32, u32) = (50, 2_000);

/// The page's end: has films read by workers, and starts another worker when one dies.
#[derive(Clone)]
pub struct FilmReader(Rc<Shared>);

struct Shared {
    worker: String,
    manifest: String,
    tell: Box<dyn Fn(Event)>,
    state: RefCell<State>,
}

struct State {
    /// A place for each worker.
    workers: Vec<Option<Link>>,
    /// The first worker while another gets ready to take its place.
    worn: Option<Link>,
    /// How many of them may be taken.
    most: usize,
    sources: Sources,
    queue: Queue<Wish>,
}

/// What is wanted of a film that waits.
#[derive(Clone, Copy)]
struct Wish {
    /// Where its corners are in a photograph of it, if the user has set them.
    corners: Option<Corners>,
    /// It is on the screen.
    shown: bool,
}

impl State {
    /// What this worker reads next.
    fn next(&mut self, worker: usize) -> Option<(FilmId, Source, Wish)> {
        loop {
            let (film, wish) = self.queue.next(worker)?;
            if let Some(source) = self.sources.get(film) {
                return Some((film, source.clone(), wish));
            }
            // Removed, or replaced by what it holds, while it was read.
            self.queue.answered(worker, film);
        }
    }

    /// Whether this worker has nothing to do, now or next.
    fn is_idle(&self, worker: usize) -> bool {
        self.queue.waiting() == 0 && !self.queue.is_busy(worker)
    }

    /// Whether the page is told how this worker's loading goes: not of one of several, or of one that replaces another.
    fn is_awaited(&self, worker: usize) -> bool {
        worker == FIRST && self.worn.is_none()
    }

    fn named(&self, films: Vec<FilmId>) -> Vec<(FilmId, String)> {
        let name = |film| self.sources.get(film).map(|source| (film, source.name.clone()));
        films.into_iter().filter_map(name).collect()
    }
}

/// A running worker. It ends when this is dropped.
struct Link {
    worker: Worker,
    ready: bool,
    /// How many films it has read. Its code has become fast after the first.
    answered: u32,
    /// Where the film that it reads is.
    stage: Stage,
    _listeners: [EventListener; 3],
}

impl Drop for Link {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl FilmReader {
    /// Starts a worker. `worker` is the address of its script, `manifest` the absolute address of the model's manifest,
    /// `most` the number of workers that may run at once; `tell` hears everything that happens from now on.
    pub fn start(worker: String, manifest: String, most: usize, tell: impl Fn(Event) + 'static) -> Self {
        let most = most.max(1);
        let workers = (0..most).map(|_| None).collect();
        let (sources, queue) = (Sources::default(), Queue::default());
        let state = State { workers, worn: None, most, sources, queue };
        let reader = Self(Rc::new(Shared { worker, manifest, tell: Box::new(tell), state: RefCell::new(state) }));
        match early() {
            Some((worker, events)) => {
                let link = reader.listen_to(FIRST, worker.clone());
                reader.0.state.borrow_mut().workers[FIRST] = Some(link);
                // One that cannot be dispatched again is none that is listened to.
                events.iter().for_each(|event| drop(worker.dispatch_event(event)));
            }
            None => reader.employ(FIRST),
        }
        reader
    }

    /// Numbers the films of these files, and names them. None is read yet.
    pub fn add(&self, files: Vec<NamedFile>) -> Vec<(FilmId, String)> {
        let mut state = self.0.state.borrow_mut();
        let films = state.sources.add(files);
        state.named(films)
    }

    /// Has films read when their turn comes. The first of them is on the screen. No worker need be ready.
    pub fn read(&self, films: &[FilmId]) {
        let many = {
            let queue = &mut self.0.state.borrow_mut().queue;
            films.iter().enumerate().for_each(|(nth, film)| queue.push(*film, Wish { corners: None, shown: nth == 0 }));
            queue.waiting() >= MANY
        };
        let this = self.clone();
        after_drawing(many, move || this.go_on_all());
    }

    /// Has a film that is on the screen read again, before all others.
    pub fn read_again(&self, film: FilmId, corners: Option<Corners>) {
        self.0.state.borrow_mut().queue.push_front(film, Wish { corners, shown: true });
        self.go_on_all();
    }

    /// Forgets a film. One that is being read is finished first.
    pub fn forget(&self, film: FilmId) {
        let mut state = self.0.state.borrow_mut();
        state.sources.remove(film);
        state.queue.remove(film);
    }

    /// Forgets all films. What is being read is finished first.
    pub fn forget_all(&self) {
        let mut state = self.0.state.borrow_mut();
        state.sources.clear();
        state.queue.clear();
    }

    /// Ends the first worker, if there is one, and starts another.
    pub fn restart(&self) {
        self.0.state.borrow_mut().worn = None;
        self.tell(Event::Starting);
        self.employ(FIRST);
    }

    fn employ(&self, worker: usize) {
        let link = self.connect(worker);
        let failed = link.is_err();
        self.0.state.borrow_mut().workers[worker] = link.ok();
        if failed && worker == FIRST {
            self.tell(Event::NotReady(LoadFailure::Crashed));
        }
    }

    /// One more worker where many films wait and all others have answered one: so the first answer waits for nobody's
    /// loading, and they do not all load at once.
    fn employ_more(&self) {
        let place = {
            let state = self.0.state.borrow();
            let taken = state.workers.iter().flatten().count();
            let all_answered =
                state.workers[FIRST].is_some() && state.workers.iter().flatten().all(|link| link.answered > 0);
            let wanted = state.queue.waiting() >= MANY && all_answered && taken < state.most;
            if wanted { state.workers.iter().position(Option::is_none) } else { None }
        };
        if let Some(place) = place {
            self.employ(place);
        }
    }

    /// Lets a worker go that has nothing to do, or replaces it if it must stay. Not at once: this runs in a listener of the
    /// worker.
    fn dismiss_if_idle(&self, worker: usize) {
        if !self.0.state.borrow().is_idle(worker) {
            return;
        }
        let this = self.clone();
        let after = if worker == FIRST { WORN.1 } else { 0 };
        Timeout::new(after, move || {
            if worker == FIRST {
                return this.replace_if_worn();
            }
            let mut state = this.0.state.borrow_mut();
            if state.is_idle(worker) {
                state.workers[worker] = None;
            }
        })
        .forget();
    }

    /// Starts another first worker where this one is worn and idle, which is kept until the other is ready: without a network
    /// it may be the last. Nobody is told.
    fn replace_if_worn(&self) {
        let is_worn = {
            let state = self.0.state.borrow();
            let worn = state.workers[FIRST].as_ref().is_some_and(|link| link.ready && link.answered >= WORN.0);
            worn && state.is_idle(FIRST)
        };
        if is_worn && let Ok(link) = self.connect(FIRST) {
            let mut state = self.0.state.borrow_mut();
            state.worn = state.workers[FIRST].replace(link);
        }
    }

    /// Takes the worn worker back, whose replacement is of no use; `false` if there is none.
    fn take_back(&self) -> bool {
        let Some(mut worn) = self.0.state.borrow_mut().worn.take() else { return false };
        worn.answered = 0;
        let this = self.clone();
        // Not at once: this runs in a listener of the worker that is about to be dropped.
        Timeout::new(0, move || {
            this.0.state.borrow_mut().workers[FIRST] = Some(worn);
            this.read_next(FIRST);
        })
        .forget();
        true
    }

    fn connect(&self, place: usize) -> Result<Link, JsValue> {
        Worker::new(&self.0.worker).map(|worker| self.listen_to(place, worker))
    }

    fn listen_to(&self, place: usize, worker: Worker) -> Link {
        let this = self.clone();
        let message = EventListener::new(&worker, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                this.hear(place, &event.data());
            }
        });
        let this = self.clone();
        let error = EventListener::new(&worker, "error", move |_| this.died(place));
        let this = self.clone();
        let message_error = EventListener::new(&worker, "messageerror", move |_| this.fail(place, LoadFailure::Skew));
        let _listeners = [message, error, message_error];
        Link { worker, ready: false, answered: 0, stage: Stage::Decode, _listeners }
    }

    fn hear(&self, worker: usize, data: &JsValue) {
        let Some((message, attachment)) = unpack::<FromWorker>(data) else {
            return self.fail(worker, LoadFailure::Skew);
        };
        match message {
            FromWorker::Awake { protocol } if protocol == PROTOCOL => {
                self.post(worker, &ToWorker::Load { manifest: self.0.manifest.clone() }, &JsValue::UNDEFINED);
            }
            FromWorker::Awake { .. } => self.fail(worker, LoadFailure::Skew),
            FromWorker::Downloading { received, total } => {
                self.tell_if_awaited(worker, Event::Downloading { received, total });
            }
            FromWorker::Preparing => self.tell_if_awaited(worker, Event::Preparing),
            FromWorker::Ready { manifest } => {
                if let Some(link) = &mut self.0.state.borrow_mut().workers[worker] {
                    link.ready = true;
                }
                self.tell_if_awaited(worker, Event::Ready(Rc::from(manifest)));
                if worker == FIRST {
                    self.0.state.borrow_mut().worn = None;
                }
                self.go_on(worker);
            }
            FromWorker::NotReady { failure } => self.fail(worker, failure),
            FromWorker::Holds { film, films } => {
                let films = {
                    let mut state = self.0.state.borrow_mut();
                    let wish = state.queue.answered(worker, film);
                    let films = state.sources.replace(film, films).unwrap_or_default();
                    // They are read where the one would have been.
                    for (nth, film) in films.iter().enumerate().rev() {
                        let shown = nth == 0 && wish.is_some_and(|wish| wish.shown);
                        state.queue.push_front(*film, Wish { corners: None, shown });
                    }
                    state.named(films)
                };
                self.tell(Event::Holds(film, films));
                self.go_on(worker);
                self.go_on_all();
            }
            FromWorker::Stage { film, stage } => {
                if let Some(link) = &mut self.0.state.borrow_mut().workers[worker] {
                    link.stage = stage;
                }
                self.tell(Event::Stage(film, stage));
            }
            FromWorker::Read { film, reading, other, thumbnail, preview, photograph } => {
                let many = {
                    let mut state = self.0.state.borrow_mut();
                    let wish = state.queue.answered(worker, film);
                    if let Some(link) = &mut state.workers[worker] {
                        link.answered += 1;
                    }
                    wish.is_some_and(|wish| wish.shown) && state.queue.waiting() >= MANY
                };
                let [thumbnail, picture, photograph] = pictures([thumbnail, preview, photograph], attachment);
                let (reading, other) = (Rc::from(reading), other.map(Rc::new));
                let answer = Answer { reading, other, thumbnail, picture, photograph };
                self.tell(Event::Answered(film, answer));
                let this = self.clone();
                after_drawing(many, move || {
                    this.go_on(worker);
                    this.employ_more();
                });
            }
        }
    }

    /// The next film, or the end of its work.
    fn go_on(&self, worker: usize) {
        self.read_next(worker);
        self.dismiss_if_idle(worker);
    }

    /// The next films for all who have none, and more workers if that is not enough.
    fn go_on_all(&self) {
        let all = 0..self.0.state.borrow().workers.len();
        all.for_each(|worker| self.read_next(worker));
        self.employ_more();
    }

    fn read_next(&self, worker: usize) {
        let next = {
            let mut state = self.0.state.borrow_mut();
            let ready = state.workers[worker].as_ref().is_some_and(|link| link.ready);
            let next = if ready { state.next(worker) } else { None };
            if let (Some(_), Some(link)) = (&next, &mut state.workers[worker]) {
                link.stage = Stage::Decode;
            }
            next
        };
        if let Some((film, source, Wish { corners, shown })) = next {
            let to_show = shown || self.0.state.borrow().queue.waiting() < AT_HAND;
            let (name, place, attachment) = (source.name.clone(), source.place(), source.attachment());
            self.post(worker, &ToWorker::Read { film, name, place, corners, to_show }, &attachment);
        }
    }

    fn post(&self, worker: usize, head: &ToWorker, attachment: &JsValue) {
        let posted = match &self.0.state.borrow().workers[worker] {
            Some(link) => pack(head, attachment).and_then(|message| link.worker.post_message(&message)),
            None => return,
        };
        if posted.is_err() {
            self.died(worker);
        }
    }

    /// A worker is no more: a trap, memory that ran out, a script that could not be loaded. Its memory cannot be trusted
    /// after a trap, so it is never used again.
    fn died(&self, worker: usize) {
        let (was_ready, stage, interrupted) = {
            let mut state = self.0.state.borrow_mut();
            let link = state.workers[worker].as_mut();
            let (was_ready, stage) =
                link.map_or((false, Stage::Decode), |link| (std::mem::take(&mut link.ready), link.stage));
            (was_ready, stage, state.queue.interrupted(worker))
        };
        match interrupted {
            Some((film, _)) if worker == FIRST => self.tell(Event::Crashed(film, stage)),
            // Where several work, memory may have been short, and the film not to blame: it gets another try.
            Some((film, wish)) => self.0.state.borrow_mut().queue.push_front(film, wish),
            None => {}
        }
        if worker == FIRST && was_ready {
            // Not at once: this runs in a listener of the worker that is about to be dropped.
            let this = self.clone();
            Timeout::new(0, move || this.restart()).forget();
        } else {
            self.fail(worker, LoadFailure::Crashed);
        }
    }

    /// A worker is of no use. Of the first one the page is told; without one of the others, films take longer.
    fn fail(&self, worker: usize, failure: LoadFailure) {
        if worker == FIRST {
            if self.take_back() {
                return;
            }
            if let Some(link) = &mut self.0.state.borrow_mut().workers[FIRST] {
                link.ready = false;
            }
            return self.tell(Event::NotReady(failure));
        }
        // From now on there is one less: what failed once would fail again.
        let this = self.clone();
        Timeout::new(0, move || {
            {
                let mut state = this.0.state.borrow_mut();
                state.workers[worker] = None;
                state.most = state.workers.iter().flatten().count().max(1);
            }
            this.read_next(FIRST);
        })
        .forget();
    }

    fn tell_if_awaited(&self, worker: usize, event: Event) {
        let awaited = self.0.state.borrow().is_awaited(worker);
        if awaited {
            self.tell(event);
        }
    }

    fn tell(&self, event: Event) {
        (self.0.tell)(event);
    }
}

/// Does it when the page has had time to draw, or else at once.
fn after_drawing(draws: bool, go_on: impl FnOnce() + 'static) {
    if draws {
        Timeout::new(DRAWING, go_on).forget();
    } else {
        go_on();
    }
}

/// Pictures of these sizes, whose bytes lie one after the other.
fn pictures<const N: usize>(sizes: [Option<(u32, u32)>; N], grey: JsValue) -> [Option<Rc<Picture>>; N] {
    let grey = grey.dyn_into::<ArrayBuffer>().map(|grey| Uint8Array::new(&grey)).unwrap_or_default();
    let mut first = 0;
    sizes.map(|size| {
        let (width, height) = size?;
        let end = width.checked_mul(height)?.checked_add(first).filter(|end| *end <= grey.length())?;
        // Each in memory of its own: a thumbnail stays when the film is let go of.
        let picture = Picture::new(width, height, grey.subarray(first, end).to_vec());
        first = end;
        picture.map(Rc::new)
    })
}
