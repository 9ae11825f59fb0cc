use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::{
    FromExporter, ToExporter,
    envelope::{pack, unpack},
};

/// The exporter's end: answers each question with a file's bytes, or why there is none. With a film come the grey bytes of its picture.
pub fn answer_exports(make: impl Fn(ToExporter, Option<Vec<u8>>) -> Result<Vec<u8>, String> + 'static) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().expect_throw("this is a worker");
    let port = scope.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let made = match unpack::<ToExporter>(&event.data()) {
            Some((question, attached)) => {
                make(question, attached.dyn_into::<Uint8Array>().ok().map(|grey| grey.to_vec()))
            }
            None => Err("page and exporter are of two builds".into()),
        };
        let bytes =
            made.as_ref().map_or(JsValue::UNDEFINED, |bytes| Uint8Array::from(bytes.as_slice()).buffer().into());
        let answer: FromExporter = made.map(drop);
        pack(&answer, &bytes).and_then(|answer| port.post_message(&answer)).unwrap_throw();
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}
