use js_sys::{Array, Uint8Array};
use lungfield_contract::{FilmHeader, Reading, ReportedHeatmap};
use lungfield_reader::{Detail, Preview};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use super::{
    FilmId, FromWorker, LoadFailure, PROTOCOL, ToWorker,
    envelope::{pack, unpack},
};

/// The worker's end: sends what happens, and receives what to do.
#[derive(Clone)]
pub struct Port(DedicatedWorkerGlobalScope);

impl Port {
    /// The port of this worker.
    ///
    /// # Errors
    /// When this is no dedicated worker.
    pub fn of_this_worker() -> Result<Self, JsValue> {
        Ok(Self(js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>()?))
    }

    /// Listens from now on, and tells the page so. A `File` comes with [`ToWorker::Read`].
    pub fn listen(&self, mut on_message: impl FnMut(ToWorker, Option<File>) + 'static) {
        let port = self.clone();
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match unpack::<ToWorker>(&event.data()) {
                Some((message, attachment)) => on_message(message, attachment.dyn_into().ok()),
                None => port.send(&FromWorker::NotReady { failure: LoadFailure::VersionMismatch }),
            }
        });
        self.0.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        listener.forget();
        self.send(&FromWorker::Started { protocol: PROTOCOL.into() });
    }

    /// Sends a message that has no attachment.
    pub fn send(&self, message: &FromWorker) {
        self.post(message, None);
    }

    /// Sends a film as it came. Its bytes are transferred.
    pub fn send_shown(&self, film: FilmId, Preview { width, height, grey }: Preview) {
        let grey = Uint8Array::from(grey.as_slice()).buffer();
        self.post(&FromWorker::Shown { film, size: (width, height) }, Some(grey.as_ref()));
    }

    /// Sends a film's end, with its thumbnail, the film and the photograph to look at. Their bytes are transferred, not copied.
    pub fn send_read(
        &self,
        film: FilmId,
        reading: Reading,
        other: Option<ReportedHeatmap>,
        pictures: [Option<Preview>; 3],
        size: Option<(u32, u32)>,
        header: Option<FilmHeader>,
    ) {
        let sizes = pictures.each_ref().map(|picture| picture.as_ref().map(|picture| (picture.width, picture.height)));
        let [thumbnail, preview, photograph] = sizes;
        let grey: Vec<Vec<u8>> = pictures.into_iter().flatten().map(|picture| picture.grey).collect();
        let grey = (!grey.is_empty()).then(|| Uint8Array::from(grey.concat().as_slice()).buffer());
        let reading = Box::new(reading);
        let read = FromWorker::Read { film, reading, other, thumbnail, preview, photograph, size, header };
        self.post(&read, grey.as_ref().map(AsRef::as_ref));
    }

    /// Sends a part of a film with its detail. Its samples are transferred.
    pub fn send_looked(&self, film: FilmId, detail: Detail, shown: Option<[f64; 2]>) {
        let Detail { part, size: [width, height], deep, samples } = detail;
        let samples = Uint8Array::from(samples.as_slice()).buffer();
        self.post(&FromWorker::Looked { film, part, size: (width, height), deep, shown }, Some(samples.as_ref()));
    }

    /// A message that cannot be posted ends the worker, which the page hears: it must not wait for ever.
    fn post(&self, message: &FromWorker, transferred: Option<&JsValue>) {
        let posted = match transferred {
            Some(buffer) => {
                pack(message, buffer).and_then(|data| self.0.post_message_with_transfer(&data, &Array::of1(buffer)))
            }
            None => pack(message, &JsValue::UNDEFINED).and_then(|data| self.0.post_message(&data)),
        };
        if let Err(error) = posted {
            wasm_bindgen::throw_val(error);
        }
    }
}
