use std::{cell::RefCell, collections::VecDeque, future::Future, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, DedicatedWorkerGlobalScope, MessageEvent};

use super::{
    FromHistory, ToHistory,
    envelope::{pack, unpack},
};

/// What windows tell each other by that something has changed.
const CHANNEL: &str = "lungfield:history";

/// A question with its number, or that another window has changed something.
type Asked = Option<(u32, ToHistory, Vec<u8>)>;

/// The history's end: answers questions one after the other.
#[derive(Clone)]
pub struct HistoryPort {
    scope: DedicatedWorkerGlobalScope,
    /// Absent where the browser has none: windows then find out when they write.
    others: Option<BroadcastChannel>,
}

impl HistoryPort {
    /// Of the worker that this is.
    pub fn of_this_worker() -> Self {
        let scope = js_sys::global().dyn_into().expect_throw("this is a worker");
        Self { scope, others: BroadcastChannel::new(CHANNEL).ok() }
    }

    /// Tells the other windows that something has changed.
    pub fn tell_others(&self) {
        if let Some(others) = &self.others {
            // One that cannot be told finds out when it writes.
            let _ = others.post_message(&JsValue::TRUE);
        }
    }

    /// Has each question answered when the ones before it have been. `answer` is given no question where another window has changed
    /// something.
    pub fn listen<F>(&self, answer: impl Fn(Option<ToHistory>, Vec<u8>) -> F + 'static)
    where
        F: Future<Output = (FromHistory, Option<Vec<u8>>)> + 'static,
    {
        let waiting: Rc<RefCell<VecDeque<Asked>>> = Rc::default();
        let answer = Rc::new(answer);
        let (port, queue) = (self.clone(), waiting.clone());
        let push = Rc::new(move |asked: Asked| {
            queue.borrow_mut().push_back(asked);
            if queue.borrow().len() > 1 {
                return;
            }
            let (port, queue, answer) = (port.clone(), queue.clone(), answer.clone());
            spawn_local(async move {
                loop {
                    // What is being answered stays at the front meanwhile.
                    let Some(asked) = queue.borrow_mut().front_mut().map(Option::take) else { return };
                    let (number, question, attached) = match asked {
                        Some((number, question, attached)) => (number, Some(question), attached),
                        None => (0, None, Vec::new()),
                    };
                    let (said, bytes) = answer(question, attached).await;
                    port.say(number, &said, bytes.as_deref());
                    queue.borrow_mut().pop_front();
                }
            });
        });
        let ask = push.clone();
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(((number, question), attached)) = unpack::<(u32, ToHistory)>(&event.data()) {
                let attached = attached.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default();
                ask(Some((number, question, attached)));
            }
        });
        self.scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        listener.forget();
        if let Some(others) = &self.others {
            let changed = Closure::<dyn FnMut(MessageEvent)>::new(move |_| push(None));
            others.set_onmessage(Some(changed.as_ref().unchecked_ref()));
            changed.forget();
        }
    }

    fn say(&self, number: u32, said: &FromHistory, bytes: Option<&[u8]>) {
        let bytes = bytes.map_or(JsValue::UNDEFINED, |bytes| Uint8Array::from(bytes).buffer().into());
        pack(&(number, said), &bytes).and_then(|message| self.scope.post_message(&message)).unwrap_throw();
    }
}
