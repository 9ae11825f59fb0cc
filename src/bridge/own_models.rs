use std::{cell::RefCell, rc::Rc};

use gloo::timers::callback::Timeout;
use lungfield_contract::ByHand;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use super::{
    FilmId, FromWorker, OwnEvent, OwnRefusal, PROTOCOL, ToWorker, WorkerPool,
    worker_handle::{Signal, WorkerHandle},
};

/// So long a model may take to open and to read the film of its self-test, in milliseconds: one that takes for ever ends with its
/// worker.
const MOST_MS: u32 = 120_000;

/// Has films read with a model of the user's own, by a worker of its own.
#[derive(Clone)]
pub struct OwnModels(Rc<Shared>);

struct Shared {
    /// The addresses of the workers with tract and of the shipped model's manifest.
    script: String,
    manifest: String,
    on_event: Box<dyn Fn(OwnEvent)>,
    running: RefCell<Option<Running>>,
}

struct Running {
    handle: WorkerHandle,
    file: File,
    /// Ends it if it takes too long to open.
    _limit: Timeout,
    is_open: bool,
}

impl OwnModels {
    /// None yet.
    pub fn new(script: String, manifest: String, on_event: impl Fn(OwnEvent) + 'static) -> Self {
        Self(Rc::new(Shared { script, manifest, on_event: Box::new(on_event), running: RefCell::default() }))
    }

    /// Opens the model in an archive, in the place of the one that is open.
    pub fn open(&self, file: File) {
        let own = self.clone();
        self.emit(OwnEvent::Opening);
        let Ok(handle) = WorkerHandle::start(&self.0.script, move |signal| own.hear(signal)) else {
            return self.emit(OwnEvent::Refused(OwnRefusal::Absent));
        };
        let own = self.clone();
        let limit = Timeout::new(MOST_MS, move || {
            let is_open = own.0.running.borrow().as_ref().is_none_or(|running| running.is_open);
            if !is_open {
                own.end(OwnRefusal::Stopped);
            }
        });
        self.0.running.replace(Some(Running { handle, file, _limit: limit, is_open: false }));
    }

    /// Has a film of the pool read. What is said of it comes as an event.
    pub fn read(&self, pool: &WorkerPool, film: FilmId, by_hand: ByHand) {
        let Some((name, location, file)) = pool.place_of(film) else { return };
        self.post(&ToWorker::ReadOwn { film, name, location, by_hand }, &file);
    }

    /// Closes it.
    pub fn close(&self) {
        self.0.running.replace(None);
        self.emit(OwnEvent::Closed);
    }

    /// The archive that is open.
    pub fn file(&self) -> Option<File> {
        self.0.running.borrow().as_ref().map(|running| running.file.clone())
    }

    fn hear(&self, signal: Signal) {
        let message = match signal {
            Signal::Message(message, _) => *message,
            Signal::VersionMismatch => return self.end(OwnRefusal::Absent),
            Signal::Crashed => {
                let began = self.0.running.borrow().as_ref().is_some_and(|running| running.handle.ready);
                return self.end(if began { OwnRefusal::Stopped } else { OwnRefusal::Absent });
            }
        };
        match message {
            FromWorker::Started { protocol } if protocol == PROTOCOL => {
                let manifest = self.0.manifest.clone();
                self.post(&ToWorker::Load { manifest, site: None }, &JsValue::UNDEFINED);
            }
            FromWorker::Started { .. } | FromWorker::NotReady { .. } => self.end(OwnRefusal::Absent),
            FromWorker::Ready { .. } => {
                let file = self.0.running.borrow_mut().as_mut().map(|running| {
                    running.handle.ready = true;
                    running.file.clone()
                });
                self.post(&ToWorker::OpenOwn, &file.map_or(JsValue::UNDEFINED, JsCast::unchecked_into));
            }
            FromWorker::OwnOpened { facts } => {
                if let Some(running) = &mut *self.0.running.borrow_mut() {
                    running.is_open = true;
                }
                self.emit(OwnEvent::Open(Rc::from(facts)));
            }
            FromWorker::OwnRefused { reason } => self.end(OwnRefusal::Because(reason)),
            FromWorker::OwnRead { film, reading } => self.emit(OwnEvent::Read(film, Rc::from(reading))),
            _ => {}
        }
    }

    fn end(&self, reason: OwnRefusal) {
        let own = self.clone();
        // Not at once: this runs in a listener of the worker that is about to be dropped.
        Timeout::new(0, move || {
            own.0.running.replace(None);
            own.emit(OwnEvent::Refused(reason));
        })
        .forget();
    }

    fn post(&self, message: &ToWorker, attachment: &JsValue) {
        let posted = match &*self.0.running.borrow() {
            Some(running) => running.handle.post(message, attachment),
            None => return,
        };
        if posted.is_err() {
            self.end(OwnRefusal::Stopped);
        }
    }

    fn emit(&self, event: OwnEvent) {
        (self.0.on_event)(event);
    }
}
