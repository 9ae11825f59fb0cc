use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise};
use lungfield_reader::{Kernels, Preview, Reader};
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;

use super::read::clock;

/// Browsers compile wasm quickly first and well later, what runs often before the rest.
const ROUNDS: usize = 4;
/// The same for what comes before and after the network.
const WARM_UPS: usize = 2;

/// When no film has come for so many milliseconds, nobody waits.
const IDLE_MS: i32 = 1_000;

/// While nobody waits: runs the code that reads a film until the browser has compiled it well, and finds out which kernels are
/// fastest here, which depends on how many SIMD registers the processor has. A film that comes waits for one run at most, and
/// others for none: `last_read` is when one came last.
pub(super) async fn warm_up(slot: &RefCell<Option<Reader>>, last_read: &Cell<Option<f64>>) {
    let clock = clock();
    let mut timed: Vec<_> = Kernels::FAST.iter().map(|&kernels| (f64::INFINITY, kernels)).collect();
    for _ in 0..ROUNDS {
        for (best_time, kernels) in &mut timed {
            sleep(0).await;
            while last_read.get().is_some_and(|last| clock() - last < f64::from(IDLE_MS)) {
                sleep(IDLE_MS).await;
            }
            let mut slot = slot.borrow_mut();
            let Some(Ok(spent)) = slot.as_mut().map(|reader| reader.time_kernels(*kernels, &clock)) else { return };
            *best_time = best_time.min(spent);
        }
    }
    let fastest = timed.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some((_, kernels)), Some(reader)) = (fastest, slot.borrow_mut().as_mut()) {
        reader.switch_to(kernels);
    }
    for _ in 0..WARM_UPS {
        sleep(0).await;
        // A film that was read has been all of it.
        if last_read.get().is_some() {
            return;
        }
        if let Some(reader) = slot.borrow().as_ref() {
            let _ = Preview::of(&reader.warm_up());
        }
    }
}

/// Lets messages be handled, for so many milliseconds at least.
async fn sleep(milliseconds: i32) {
    let worker: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().unwrap_throw();
    let mut later = |resolve: Function, _| {
        let timer = worker.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        timer.expect_throw("workers have timers");
    };
    JsFuture::from(Promise::new(&mut later)).await.expect_throw("a timer does not fail");
}
