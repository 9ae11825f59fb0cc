use gloo::events::EventListener;
use lungfield_contract::Stage;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker};

use super::{
    FromWorker, ToWorker,
    envelope::{pack, unpack},
};

/// What comes from a running worker.
pub(super) enum Signal {
    /// A message, with its attachment.
    Message(Box<FromWorker>, JsValue),
    /// A message that is none of this build.
    VersionMismatch,
    /// It is no more: a trap, memory that ran out, a script that could not be loaded.
    Crashed,
}

impl Signal {
    /// What an event of a worker says.
    pub fn of(event: &Event) -> Self {
        match event.dyn_ref::<MessageEvent>() {
            Some(message) if message.type_() == "message" => unpack(&message.data())
                .map_or(Self::VersionMismatch, |(head, body)| Self::Message(Box::new(head), body)),
            Some(_) => Self::VersionMismatch,
            None => Self::Crashed,
        }
    }
}

/// A running worker. It ends when this is dropped, which must not happen while a signal of it is handled.
pub(super) struct WorkerHandle {
    worker: Worker,
    /// Its code has loaded.
    pub started: bool,
    /// It has its model.
    pub ready: bool,
    /// It has been asked for a film as it came, and has not had its model since.
    pub shows: bool,
    /// How many films it has read. Its code has become fast after the first.
    pub films_read: u32,
    /// Where the film is that it reads.
    pub stage: Stage,
    _listeners: [EventListener; 3],
}

impl WorkerHandle {
    /// Starts the worker whose script has this address.
    ///
    /// # Errors
    /// When the browser refuses to.
    pub fn start(script: &str, on_signal: impl Fn(Signal) + Clone + 'static) -> Result<Self, JsValue> {
        Worker::new(script).map(|worker| Self::listen(worker, on_signal))
    }

    /// Listens to a worker that runs.
    pub fn listen(worker: Worker, on_signal: impl Fn(Signal) + Clone + 'static) -> Self {
        let _listeners = ["message", "error", "messageerror"].map(|kind| {
            let on_signal = on_signal.clone();
            EventListener::new(&worker, kind, move |event| on_signal(Signal::of(event)))
        });
        Self { worker, started: false, ready: false, shows: false, films_read: 0, stage: Stage::Decode, _listeners }
    }

    /// Sends it a message.
    ///
    /// # Errors
    /// When it cannot be posted.
    pub fn post(&self, message: &ToWorker, attachment: &JsValue) -> Result<(), JsValue> {
        self.worker.post_message(&pack(message, attachment)?)
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
