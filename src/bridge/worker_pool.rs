use std::{cell::RefCell, rc::Rc};

use gloo::timers::callback::Timeout;
use js_sys::{ArrayBuffer, Uint8Array, Uint16Array};
use lungfield_contract::{ByHand, Kind, Reading, Rectangle, Site};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    Answer, Detail, FilmId, FromWorker, LoadFailure, Location, NamedFile, PROTOCOL, Picture, Samples, ToWorker,
    WorkerEvent,
    early_worker::{EarlyWorker, early_worker},
    pool_state::{Job, PRIMARY, PoolState},
    source::Source,
    worker_handle::{Signal, WorkerHandle},
};

/// So many milliseconds the workers leave the processor to the page while it draws a long list or the answer that the user
/// looks at, where many films wait: on few cores each would take as long as all together.
const YIELD_MS: u32 = 150;
/// So many milliseconds the model may take before a film that waits for it is shown: it is kept on the device, most often.
const SHOW_AFTER_MS: u32 = 300;
/// For so long must the primary worker have had nothing to do before a fresh one replaces it.
const RECYCLE_IDLE_MS: u32 = 2_000;

/// The page's end: has films read by workers, and starts another worker when one dies.
#[derive(Clone)]
pub struct WorkerPool(Rc<Shared>);

struct Shared {
    script: RefCell<String>,
    manifest: String,
    site: RefCell<Option<Site>>,
    on_event: Box<dyn Fn(WorkerEvent)>,
    state: RefCell<PoolState>,
}

impl WorkerPool {
    /// Starts a worker, or takes over the one that the start script began. `script` is the address of the workers' script, `manifest` the absolute address of the model's
    /// manifest, `site` the site's own thresholds, `limit` the number of workers that may run at once; `on_event` hears everything that
    /// happens from now on.
    pub fn start(
        script: String,
        manifest: String,
        site: Option<Site>,
        limit: usize,
        on_event: impl Fn(WorkerEvent) + 'static,
    ) -> Self {
        let state = RefCell::new(PoolState::new(limit));
        let (script, site, on_event) = (RefCell::new(script), RefCell::new(site), Box::new(on_event));
        let pool = Self(Rc::new(Shared { script, manifest, site, on_event, state }));
        match early_worker() {
            Some(EarlyWorker { worker, events, is_small }) => {
                let signals = pool.signals_of(PRIMARY);
                let handle = WorkerHandle::listen(worker, signals.clone());
                {
                    let mut state = pool.0.state.borrow_mut();
                    (state.workers[PRIMARY], state.is_small) = (Some(handle), is_small);
                }
                // Not dispatched again: a browser refuses that while it is still telling others of an event.
                events.iter().map(Signal::of).for_each(signals);
            }
            None => pool.spawn(PRIMARY),
        }
        pool
    }

    /// Numbers the films of these files, and names them. None is read yet.
    pub fn add(&self, files: Vec<NamedFile>) -> Vec<(FilmId, String)> {
        let sources = &mut self.0.state.borrow_mut().sources;
        let films = sources.add(files);
        sources.named(&films)
    }

    /// Has films read when their turn comes. The first of them is on the screen. No worker need be ready.
    pub fn read(&self, films: &[FilmId]) {
        let crowded = {
            let mut state = self.0.state.borrow_mut();
            for (nth, film) in films.iter().enumerate() {
                state.queue.push(*film, Job { by_hand: ByHand::default(), visible: nth == 0 });
            }
            state.is_crowded()
        };
        let pool = self.clone();
        after_drawing(crowded, move || pool.dispatch_all());
    }

    /// Asks for a film as it came, which the browser cannot show, to be seen while the model is on its way. Where that is here soon,
    /// nothing comes.
    pub fn show_early(&self, film: FilmId) {
        let is_small = {
            let mut state = self.0.state.borrow_mut();
            state.early = Some(film);
            state.is_small
        };
        if is_small {
            self.begin_anew();
        } else {
            self.show_soon();
        }
    }

    fn show_soon(&self) {
        let pool = self.clone();
        Timeout::new(SHOW_AFTER_MS, move || {
            let early = pool.0.state.borrow_mut().next_early();
            if let Some((film, source)) = early {
                let attachment = source.attachment();
                pool.post(PRIMARY, &ToWorker::Show { film, location: source.location }, &attachment);
            }
        })
        .forget();
    }

    /// Has a film that is on the screen read again, before all others.
    pub fn read_again(&self, film: FilmId, by_hand: ByHand) {
        self.0.state.borrow_mut().queue.push_front(film, Job { by_hand, visible: true });
        self.dispatch_all();
    }

    /// Asks for a part of a film with as much of its detail as there is room for, across and down. Where no worker is ready, nothing
    /// comes.
    pub fn look(&self, film: FilmId, by_hand: ByHand, part: Rectangle, most: [u32; 2]) {
        let source = self.0.state.borrow().source_to_look_at(film);
        if let Some(source) = source {
            let attachment = source.attachment();
            self.post(PRIMARY, &ToWorker::Look { film, location: source.location, by_hand, part, most }, &attachment);
        }
    }

    /// Where a film is: its name, its place in its file, and the file.
    pub(super) fn place_of(&self, film: FilmId) -> Option<(String, Location, JsValue)> {
        let source = self.0.state.borrow().sources.get(film).cloned()?;
        let file = source.attachment();
        Some((source.name, source.location, file))
    }

    /// Sets these films aside: none of them is read, but what is being read is finished first. Those that were aside before are
    /// forgotten.
    pub fn set_aside(&self, is_removed: impl Fn(FilmId) -> bool) {
        let mut state = self.0.state.borrow_mut();
        state.queue.remove(&is_removed);
        state.sources.set_aside(is_removed);
    }

    /// Brings the films back that are aside, and has these of them read.
    pub fn bring_back(&self, unread: &[FilmId]) {
        self.0.state.borrow_mut().sources.bring_back();
        self.read(unread);
    }

    /// Forgets the films that are aside.
    pub fn forget_aside(&self) {
        self.0.state.borrow_mut().sources.forget_aside();
    }

    /// Ends the primary worker, if there is one, and starts another.
    pub fn restart(&self) {
        {
            let mut state = self.0.state.borrow_mut();
            (state.retiring, state.is_small) = (None, false);
        }
        self.emit(WorkerEvent::Starting);
        self.spawn(PRIMARY);
    }

    /// Ends all workers and goes on with those of another script, which read once more what was being read.
    pub fn switch_to(&self, script: String) {
        self.0.script.replace(script);
        self.begin_anew();
    }

    /// The same with workers that answer at other thresholds.
    pub fn answer_at(&self, site: Option<Site>) {
        self.0.site.replace(site);
        self.begin_anew();
    }

    fn begin_anew(&self) {
        self.0.state.borrow_mut().end_all();
        self.restart();
    }

    fn spawn(&self, worker: usize) {
        let handle = self.start_worker(worker);
        let failed = handle.is_none();
        self.0.state.borrow_mut().workers[worker] = handle;
        if failed && worker == PRIMARY {
            self.emit(WorkerEvent::NotReady(LoadFailure::Crashed));
        }
    }

    fn start_worker(&self, worker: usize) -> Option<WorkerHandle> {
        WorkerHandle::start(&self.0.script.borrow(), self.signals_of(worker)).ok()
    }

    fn signals_of(&self, worker: usize) -> impl Fn(Signal) + Clone + 'static {
        let pool = self.clone();
        move |signal| match signal {
            Signal::Message(message, attachment) => pool.on_message(worker, *message, attachment),
            Signal::VersionMismatch => pool.on_failure(worker, LoadFailure::VersionMismatch),
            Signal::Crashed => pool.on_crash(worker),
        }
    }

    /// Starts one more worker where the films that wait are worth it.
    fn scale_up(&self) {
        let slot = self.0.state.borrow().slot_to_fill();
        if let Some(slot) = slot {
            self.spawn(slot);
        }
    }

    /// Lets a worker go that has nothing to do, or replaces the primary one if it is due.
    fn release_idle(&self, worker: usize) {
        if !self.0.state.borrow().is_idle(worker) {
            return;
        }
        let pool = self.clone();
        // Not at once: this runs in a listener of the worker.
        let delay = if worker == PRIMARY { RECYCLE_IDLE_MS } else { 0 };
        Timeout::new(delay, move || {
            if worker == PRIMARY {
                return pool.recycle();
            }
            let mut state = pool.0.state.borrow_mut();
            if state.is_idle(worker) {
                state.workers[worker] = None;
            }
        })
        .forget();
    }

    /// Starts another primary worker where this one is due, which is kept until the other is ready: without a network it may
    /// be the last. The page is not told.
    fn recycle(&self) {
        let due = self.0.state.borrow().needs_recycling();
        if due && let Some(handle) = self.start_worker(PRIMARY) {
            let mut state = self.0.state.borrow_mut();
            state.retiring = state.workers[PRIMARY].replace(handle);
        }
    }

    /// Takes the retiring worker back, whose replacement is of no use; `false` if there is none.
    fn restore(&self) -> bool {
        let Some(mut retiring) = self.0.state.borrow_mut().retiring.take() else { return false };
        retiring.films_read = 0;
        let pool = self.clone();
        // Not at once: this runs in a listener of the worker that is about to be dropped.
        Timeout::new(0, move || {
            pool.0.state.borrow_mut().workers[PRIMARY] = Some(retiring);
            pool.assign(PRIMARY);
        })
        .forget();
        true
    }

    fn on_message(&self, worker: usize, message: FromWorker, attachment: JsValue) {
        match message {
            FromWorker::Started { protocol } if protocol == PROTOCOL => {
                let (manifest, site) = (self.0.manifest.clone(), self.0.site.borrow().clone().map(Box::new));
                self.post(worker, &ToWorker::Load { manifest, site }, &JsValue::UNDEFINED);
                self.0.state.borrow_mut().set_started(worker);
                self.show_soon();
            }
            FromWorker::Started { .. } => self.on_failure(worker, LoadFailure::VersionMismatch),
            FromWorker::Downloading { received, total, seconds, still } => {
                self.report_loading(worker, WorkerEvent::Downloading { received, total, seconds, still });
            }
            FromWorker::Preparing => self.report_loading(worker, WorkerEvent::Preparing),
            FromWorker::Ready { manifest } => {
                self.0.state.borrow_mut().set_ready(worker, true);
                self.report_loading(worker, WorkerEvent::Ready(Rc::from(manifest)));
                if worker == PRIMARY {
                    self.0.state.borrow_mut().retiring = None;
                }
                self.dispatch(worker);
            }
            FromWorker::NotReady { failure } => self.on_failure(worker, failure),
            FromWorker::Stage { film, stage } => {
                self.0.state.borrow_mut().set_stage(worker, stage);
                self.emit(WorkerEvent::Stage(film, stage));
            }
            FromWorker::Expanded { film, members } => {
                let films = self.0.state.borrow_mut().expand(worker, film, members);
                self.emit(WorkerEvent::Expanded(film, films));
                self.dispatch(worker);
                self.dispatch_all();
            }
            FromWorker::Shown { film, size } => {
                let [picture] = pictures([Some(size)], attachment);
                if let Some(picture) = picture {
                    self.emit(WorkerEvent::Shown(film, picture));
                }
            }
            FromWorker::NeedsAllFormats { film } => {
                self.0.state.borrow_mut().early = Some(film);
                // Not at once: this runs in a listener of the worker that is about to be dropped.
                let pool = self.clone();
                Timeout::new(0, move || pool.begin_anew()).forget();
            }
            FromWorker::IsModel { film } => {
                let file = self.0.state.borrow().sources.get(film).map(Source::attachment);
                self.0.state.borrow_mut().complete(worker, film);
                if let Some(file) = file.and_then(|file| file.dyn_into().ok()) {
                    self.emit(WorkerEvent::IsModel(film, file));
                }
                self.dispatch(worker);
            }
            // Of a worker that has a model of the user's own: own_models.rs.
            FromWorker::OwnOpened { .. } | FromWorker::OwnRefused { .. } | FromWorker::OwnRead { .. } => {}
            FromWorker::Read { film, reading, other, thumbnail, preview, photograph, size, header } => {
                let (draws, has_file) = {
                    let mut state = self.0.state.borrow_mut();
                    let has_file = state.sources.get(film).is_some_and(Source::has_file);
                    (state.complete(worker, film) && state.is_crowded(), has_file)
                };
                let [thumbnail, picture, photograph] = pictures([thumbnail, preview, photograph], attachment);
                let (reading, other) = (Rc::from(reading), other.map(Rc::new));
                let header = header.map(Rc::new);
                let retriable = has_file && may_pass(&reading);
                let answer = Answer { reading, other, thumbnail, picture, photograph, size, header, retriable };
                self.emit(WorkerEvent::Answered(film, answer));
                let pool = self.clone();
                after_drawing(draws, move || {
                    pool.dispatch(worker);
                    pool.scale_up();
                });
            }
            FromWorker::Looked { film, part, size: (width, height), deep, shown } => {
                let samples = match attachment.dyn_into::<ArrayBuffer>() {
                    Ok(samples) if deep => Samples::Sixteen(Uint16Array::new(&samples).to_vec()),
                    Ok(samples) => Samples::Eight(Uint8Array::new(&samples).to_vec()),
                    Err(_) => return,
                };
                self.on_looked(film, part, Picture::new(width, height, samples), shown);
            }
        }
    }

    fn on_looked(&self, film: FilmId, part: Rectangle, picture: Option<Picture>, shown: Option<[f64; 2]>) {
        if let Some(picture) = picture {
            self.emit(WorkerEvent::Looked(film, Rc::new(Detail { part, picture: Rc::new(picture), shown })));
        }
    }

    /// A worker is no more. Its memory cannot be trusted after a trap, so it is never used again.
    fn on_crash(&self, worker: usize) {
        let was_showing = self.0.state.borrow_mut().was_showing(worker);
        let (was_ready, interrupted) = self.0.state.borrow_mut().interrupt(worker);
        match interrupted {
            Some((film, _, stage)) if worker == PRIMARY => self.emit(WorkerEvent::Crashed(film, stage)),
            // Where several work, memory may have been short, and the film not to blame: it gets another try.
            Some((film, job, _)) => self.0.state.borrow_mut().queue.push_front(film, job),
            None => {}
        }
        if worker == PRIMARY && (was_ready || was_showing) {
            // Not at once: this runs in a listener of the worker that is about to be dropped.
            let pool = self.clone();
            Timeout::new(0, move || pool.restart()).forget();
        } else {
            self.on_failure(worker, LoadFailure::Crashed);
        }
    }

    /// A worker is of no use. Of the primary one the page is told; without one of the others, films take longer.
    fn on_failure(&self, worker: usize, failure: LoadFailure) {
        if worker == PRIMARY {
            if !self.restore() {
                self.0.state.borrow_mut().set_ready(worker, false);
                self.emit(WorkerEvent::NotReady(failure));
            }
            return;
        }
        let pool = self.clone();
        // Not at once: this runs in a listener of the worker that is about to be dropped.
        Timeout::new(0, move || {
            pool.0.state.borrow_mut().remove_worker(worker);
            pool.assign(PRIMARY);
        })
        .forget();
    }

    /// The next film for this worker, or the end of its work.
    fn dispatch(&self, worker: usize) {
        self.assign(worker);
        self.release_idle(worker);
    }

    /// The next films for all workers that have none, and more workers if that is not enough.
    fn dispatch_all(&self) {
        let slots = self.0.state.borrow().workers.len();
        (0..slots).for_each(|worker| self.assign(worker));
        self.scale_up();
    }

    /// Hands this worker the next film, if it has none and one waits.
    fn assign(&self, worker: usize) {
        let job = self.0.state.borrow_mut().next_job(worker);
        if let Some((film, source, Job { by_hand, visible })) = job {
            let attachment = source.attachment();
            let (name, location) = (source.name, source.location);
            self.post(worker, &ToWorker::Read { film, name, location, by_hand, visible }, &attachment);
        }
    }

    fn post(&self, worker: usize, message: &ToWorker, attachment: &JsValue) {
        let posted = match &self.0.state.borrow().workers[worker] {
            Some(handle) => handle.post(message, attachment),
            None => return,
        };
        if posted.is_err() {
            self.on_crash(worker);
        }
    }

    fn report_loading(&self, worker: usize, event: WorkerEvent) {
        let reports = self.0.state.borrow().reports_loading(worker);
        if reports {
            self.emit(event);
        }
    }

    fn emit(&self, event: WorkerEvent) {
        (self.0.on_event)(event);
    }
}

/// Whether the film failed for a reason that it may not fail for again.
fn may_pass(reading: &Reading) -> bool {
    reading.reason.as_ref().is_some_and(|reason| matches!(reason.kind, Kind::Engine | Kind::Unreadable))
}

/// Does it when the page has had time to draw, or else at once.
fn after_drawing(draws: bool, work: impl FnOnce() + 'static) {
    if draws {
        Timeout::new(YIELD_MS, work).forget();
    } else {
        work();
    }
}

/// Pictures of these sizes, whose bytes lie one after the other.
fn pictures<const N: usize>(sizes: [Option<(u32, u32)>; N], grey: JsValue) -> [Option<Rc<Picture>>; N] {
    let grey = grey.dyn_into::<ArrayBuffer>().map(|grey| Uint8Array::new(&grey)).unwrap_or_default();
    let mut start = 0;
    sizes.map(|size| {
        let (width, height) = size?;
        let end = width.checked_mul(height)?.checked_add(start).filter(|end| *end <= grey.length())?;
        // Each in memory of its own: a thumbnail stays when the film is let go of.
        let picture = Picture::new(width, height, Samples::Eight(grey.subarray(start, end).to_vec()));
        start = end;
        picture.map(Rc::new)
    })
}
