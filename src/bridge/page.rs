use std::{cell::RefCell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Timeout};
use js_sys::{ArrayBuffer, Uint8Array};
use lungfield_reader::Corners;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, MessageEvent, Worker};

use super::{
    Answer, Event, FilmId, FromWorker, LoadFailure, PROTOCOL, Picture, ToWorker,
    envelope::{pack, unpack},
    queue::Queue,
};

/// The page's end: has films read by a worker, and starts another worker when one dies.
#[derive(Clone)]
pub struct FilmReader(Rc<Shared>);

struct Shared {
    worker: String,
    manifest: String,
    tell: Box<dyn Fn(Event)>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    link: Option<Link>,
    ready: bool,
    queue: Queue<(File, Option<Corners>)>,
}

/// A running worker. It ends when this is dropped.
struct Link {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl Drop for Link {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl FilmReader {
    /// Starts a worker. `worker` is the address of its script, `manifest` the absolute address of the model's manifest;
    /// `tell` hears everything that happens from now on.
    pub fn start(worker: String, manifest: String, tell: impl Fn(Event) + 'static) -> Self {
        let reader = Self(Rc::new(Shared { worker, manifest, tell: Box::new(tell), state: RefCell::default() }));
        reader.restart();
        reader
    }

    /// Has a film read when its turn comes. The worker need not be ready.
    pub fn read(&self, film: FilmId, file: File, corners: Option<Corners>) {
        self.0.state.borrow_mut().queue.push(film, (file, corners));
        self.read_next();
    }

    /// Forgets a film that still waits.
    pub fn forget(&self, film: FilmId) {
        self.0.state.borrow_mut().queue.remove(film);
    }

    /// Ends the worker, if there is one, and starts another.
    pub fn restart(&self) {
        self.0.state.borrow_mut().ready = false;
        let link = self.connect();
        let failed = link.is_err();
        self.0.state.borrow_mut().link = link.ok();
        if failed {
            self.tell(Event::NotReady(LoadFailure::Crashed));
        }
    }

    fn connect(&self) -> Result<Link, JsValue> {
        let worker = Worker::new(&self.0.worker)?;
        let this = self.clone();
        let message = EventListener::new(&worker, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                this.hear(&event.data());
            }
        });
        let this = self.clone();
        let error = EventListener::new(&worker, "error", move |_| this.died());
        let this = self.clone();
        let message_error = EventListener::new(&worker, "messageerror", move |_| this.fail(LoadFailure::Skew));
        Ok(Link { worker, _listeners: [message, error, message_error] })
    }

    fn hear(&self, data: &JsValue) {
        let Some((message, attachment)) = unpack::<FromWorker>(data) else {
            return self.fail(LoadFailure::Skew);
        };
        match message {
            FromWorker::Awake { protocol } if protocol == PROTOCOL => {
                self.post(&ToWorker::Load { manifest: self.0.manifest.clone() }, &JsValue::UNDEFINED);
            }
            FromWorker::Awake { .. } => self.fail(LoadFailure::Skew),
            FromWorker::Downloading { received, total } => self.tell(Event::Downloading { received, total }),
            FromWorker::Preparing => self.tell(Event::Preparing),
            FromWorker::Ready { manifest } => {
                self.0.state.borrow_mut().ready = true;
                self.tell(Event::Ready(Rc::from(manifest)));
                self.read_next();
            }
            FromWorker::NotReady { failure } => self.fail(failure),
            FromWorker::Stage { film, stage } => self.tell(Event::Stage(film, stage)),
            FromWorker::Read { film, reading, other, preview, photograph } => {
                self.0.state.borrow_mut().queue.answered(film);
                let [picture, photograph] = pictures([preview, photograph], attachment);
                let answer = Answer { reading: Rc::from(reading), other: other.map(Rc::new), picture, photograph };
                self.tell(Event::Answered(film, answer));
                self.read_next();
            }
        }
    }

    fn read_next(&self) {
        let next = {
            let mut state = self.0.state.borrow_mut();
            if state.ready { state.queue.next() } else { None }
        };
        if let Some((film, (file, corners))) = next {
            self.post(&ToWorker::Read { film, name: file.name(), corners }, &file);
        }
    }

    fn post(&self, head: &ToWorker, attachment: &JsValue) {
        let posted = match &self.0.state.borrow().link {
            Some(link) => pack(head, attachment).and_then(|message| link.worker.post_message(&message)),
            None => return,
        };
        if posted.is_err() {
            self.died();
        }
    }

    /// The worker is no more: a trap, memory that ran out, a script that could not be loaded. Its memory cannot be
    /// trusted after a trap, so it is never used again.
    fn died(&self) {
        let (was_ready, interrupted) = {
            let mut state = self.0.state.borrow_mut();
            (std::mem::take(&mut state.ready), state.queue.interrupted())
        };
        if let Some(film) = interrupted {
            self.tell(Event::Crashed(film));
        }
        if was_ready {
            // Not at once: this runs in a listener of the worker that is about to be dropped.
            let this = self.clone();
            Timeout::new(0, move || this.restart()).forget();
        } else {
            self.fail(LoadFailure::Crashed);
        }
    }

    fn fail(&self, failure: LoadFailure) {
        self.0.state.borrow_mut().ready = false;
        self.tell(Event::NotReady(failure));
    }

    fn tell(&self, event: Event) {
        (self.0.tell)(event);
    }
}

/// Pictures of these sizes, whose bytes lie one after the other.
fn pictures(sizes: [Option<(u32, u32)>; 2], grey: JsValue) -> [Option<Rc<Picture>>; 2] {
    let mut rest = grey.dyn_into::<ArrayBuffer>().map(|grey| Uint8Array::new(&grey).to_vec()).unwrap_or_default();
    sizes.map(|size| {
        let (width, height) = size?;
        let length = (width as usize).checked_mul(height as usize).filter(|length| *length <= rest.len())?;
        let next = rest.split_off(length);
        Picture::new(width, height, std::mem::replace(&mut rest, next)).map(Rc::new)
    })
}
