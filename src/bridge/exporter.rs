use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ErrorEvent, MessageEvent, Worker};

use super::{
    FromExporter, ToExporter,
    envelope::{pack, unpack},
};

/// Why nothing could be taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportFailure {
    /// The program that makes it could not be had.
    Absent,
    /// It could not be made, for this reason.
    Refused(String),
}

/// Has files made that are taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Exporter {
    /// The address of the worker's script.
    pub script: String,
}

impl Exporter {
    /// Asks a worker, which ends with its answer. Attached are the grey bytes of the film's picture.
    ///
    /// # Errors
    /// When it cannot be made, or the worker cannot be had.
    pub async fn make(&self, question: &ToExporter, grey: Option<&[u8]>) -> Result<JsValue, ExportFailure> {
        let worker = Worker::new(&self.script).map_err(|_| ExportFailure::Absent)?;
        let grey = grey.map_or(JsValue::UNDEFINED, |grey| Uint8Array::from(grey).into());
        let answered = Promise::new(&mut |resolve, reject| {
            worker.set_onmessage(Some(&resolve));
            worker.set_onerror(Some(&reject));
        });
        let posted = pack(question, &grey).and_then(|question| worker.post_message(&question));
        let answer = match posted {
            Ok(()) => JsFuture::from(answered).await,
            Err(error) => Err(error),
        };
        worker.terminate();
        let event: MessageEvent = match answer {
            Ok(event) => event.into(),
            // Of a script that cannot be had the event is another one.
            Err(event) if event.is_instance_of::<ErrorEvent>() => {
                return Err(ExportFailure::Refused("the program that makes it stopped".into()));
            }
            Err(_) => return Err(ExportFailure::Absent),
        };
        match unpack::<FromExporter>(&event.data()) {
            Some((Ok(()), bytes)) => Ok(bytes),
            Some((Err(reason), _)) => Err(ExportFailure::Refused(reason)),
            None => Err(ExportFailure::Absent),
        }
    }
}
