use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use gloo::events::EventListener;
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker};

use super::{
    FromHistory, History, HistoryFailure, ToHistory,
    envelope::{pack, unpack},
};

/// The page's end of the worker that keeps the history. It runs as long as this is there: it has the key.
pub struct Historian {
    worker: Worker,
    asked: Cell<u32>,
    /// Who waits for which answer.
    waiting: Rc<RefCell<HashMap<u32, Function>>>,
    _listeners: [EventListener; 2],
}

impl Historian {
    /// Starts the worker whose script has this address; `changed` hears what another window has done.
    ///
    /// # Errors
    /// When the browser refuses to.
    pub fn start(script: &str, changed: impl Fn(History) + 'static) -> Result<Self, HistoryFailure> {
        let worker = Worker::new(script).map_err(|_| HistoryFailure::Unavailable)?;
        let waiting: Rc<RefCell<HashMap<u32, Function>>> = Rc::default();
        let answered = waiting.clone();
        let message = EventListener::new(&worker, "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            let Some(((number, said), _)) = unpack::<(u32, FromHistory)>(&event.data()) else { return };
            let waits = answered.borrow_mut().remove(&number);
            match (waits, said) {
                (Some(answer), _) => drop(answer.call1(&JsValue::NULL, &event.data())),
                (None, FromHistory::State(state)) => changed(*state),
                (None, _) => {}
            }
        });
        let failed = waiting.clone();
        let error = EventListener::new(&worker, "error", move |_| {
            // What is no answer says that there is none.
            let waiting = std::mem::take(&mut *failed.borrow_mut());
            waiting.values().for_each(|answer| drop(answer.call1(&JsValue::NULL, &JsValue::NULL)));
        });
        Ok(Self { worker, asked: Cell::new(0), waiting, _listeners: [message, error] })
    }

    /// Asks it something, with these bytes; its answer may have some too.
    ///
    /// # Errors
    /// Why nothing was done.
    pub async fn ask(
        &self,
        question: &ToHistory,
        bytes: Option<&[u8]>,
    ) -> Result<(FromHistory, JsValue), HistoryFailure> {
        let number = self.asked.get() + 1;
        self.asked.set(number);
        let bytes = bytes.map_or(JsValue::UNDEFINED, |bytes| Uint8Array::from(bytes).into());
        let answer = Promise::new(&mut |resolve, _| {
            self.waiting.borrow_mut().insert(number, resolve);
        });
        let posted = pack(&(number, question), &bytes).and_then(|message| self.worker.post_message(&message));
        posted.map_err(|_| HistoryFailure::Stopped)?;
        let data = JsFuture::from(answer).await.unwrap_or_default();
        let data = data.dyn_into::<Array>().map_err(|_| HistoryFailure::Stopped)?;
        match unpack::<(u32, FromHistory)>(&data) {
            Some(((_, FromHistory::Failed(failure)), _)) => Err(failure),
            Some(((_, said), bytes)) => Ok((said, bytes)),
            None => Err(HistoryFailure::Stopped),
        }
    }
}

impl Drop for Historian {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
