use gloo::{events::EventListener, timers::callback::Timeout};
use js_sys::{Array, JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, MessageChannel, MessageEvent, MessagePort, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration,
};

use super::{Kept, NamedFile};

/// So often, in milliseconds, it is looked whether the service worker is there.
const POLL_MS: u32 = 100;

/// What the service worker says unasked.
pub enum Said {
    /// Another build is kept, or used.
    Changed,
    /// Films that were shared with the app.
    Handed(Vec<NamedFile>),
}

/// The service worker, which keeps builds of the app on the device.
#[derive(Clone)]
pub struct Keeper(ServiceWorker);

impl Keeper {
    /// Registers it and waits until it has all that it keeps; the browser looks for a newer one then. `None` where there is none, or no
    /// room for what it keeps.
    pub async fn start() -> Option<Self> {
        let registration: ServiceWorkerRegistration =
            JsFuture::from(container()?.register("sw.js")).await.ok()?.dyn_into().ok()?;
        while registration.installing().is_some() || registration.waiting().is_some() {
            sleep(POLL_MS).await;
        }
        registration.active().map(Self)
    }

    /// Mends what is kept of the build, and says how all builds stand.
    pub async fn check(&self, build: &str) -> Option<Kept> {
        let answer = self.ask("check", build).await?;
        serde_json::from_str(&String::from(JSON::stringify(&answer).ok()?)).ok()
    }

    /// Keeps what nobody waits for too: the demo films, and what makes exports.
    pub async fn keep_late_files(&self, build: &str) {
        self.ask("demoFilms", build).await;
    }

    /// Has another build served from now on; `false` if it is not all there, or withdrawn.
    pub async fn switch_to(&self, build: &str) -> bool {
        self.ask("use", build).await.is_some_and(|done| done.is_truthy())
    }

    /// Looks for a newer version.
    pub async fn look_for_newer() {
        let Some(container) = container() else { return };
        if let Ok(found) = JsFuture::from(container.get_registration()).await
            && let Ok(registration) = found.dyn_into::<ServiceWorkerRegistration>()
            && let Ok(looking) = registration.update()
        {
            // Without a network there is none.
            let _ = JsFuture::from(looking).await;
        }
    }

    async fn ask(&self, what: &str, build: &str) -> Option<JsValue> {
        ask(&self.0, what, build).await
    }
}

/// What became of films that were shared with the app.
pub enum Shared {
    /// They are for the page that was opened for them.
    Films(Vec<NamedFile>),
    /// They are with a window that was open.
    Elsewhere,
    /// They were lost on their way.
    Lost,
}

/// What became of the films that were shared, for the page that was opened for them.
pub async fn shared_films() -> Shared {
    let worker = container().and_then(|container| container.controller());
    let answer = match worker {
        Some(worker) => ask(&worker, "shared", "").await.unwrap_or_default(),
        None => JsValue::NULL,
    };
    match answer.dyn_ref::<Array>() {
        Some(films) => Shared::Films(named(films)),
        None if answer.is_string() => Shared::Elsewhere,
        None => Shared::Lost,
    }
}

/// Listens to what the service worker says unasked.
pub fn listen(heard: impl Fn(Said) + 'static) -> Option<EventListener> {
    let container = container()?;
    let listener = EventListener::new(&container, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        let part = |name: &str| Reflect::get(&event.data(), &name.into()).ok();
        match part("say").and_then(|say| say.as_string()).as_deref() {
            Some("changed") => heard(Said::Changed),
            Some("handed") => {
                let Some(films) = part("films").and_then(|films| films.dyn_into::<Array>().ok()) else { return };
                if let Ok(port) = event.ports().get(0).dyn_into::<MessagePort>() {
                    let _ = port.post_message(&JsValue::TRUE);
                }
                heard(Said::Handed(named(&films)));
            }
            _ => {}
        }
    });
    Some(listener)
}

fn named(films: &Array) -> Vec<NamedFile> {
    films.iter().filter_map(|film| film.dyn_into::<File>().ok()).map(NamedFile::from).collect()
}

/// What the service worker answers; `None` where it cannot be asked.
async fn ask(worker: &ServiceWorker, what: &str, build: &str) -> Option<JsValue> {
    let channel = MessageChannel::new().ok()?;
    let question = Object::new();
    Reflect::set(&question, &"ask".into(), &what.into()).ok()?;
    Reflect::set(&question, &"build".into(), &build.into()).ok()?;
    let mut answer = None;
    let answered = Promise::new(&mut |resolve, _| {
        let heard = Closure::once(move |event: MessageEvent| drop(resolve.call1(&JsValue::UNDEFINED, &event.data())));
        channel.port1().set_onmessage(Some(heard.as_ref().unchecked_ref()));
        answer = Some(heard);
    });
    worker.post_message_with_transferable(&question, &Array::of1(&channel.port2())).ok()?;
    JsFuture::from(answered).await.ok()
}

/// Absent where the page was not served securely, and in some private windows.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    Reflect::has(&navigator, &"serviceWorker".into()).ok()?.then(|| navigator.service_worker())
}

async fn sleep(milliseconds: u32) {
    let slept = Promise::new(&mut |resolve, _| {
        Timeout::new(milliseconds, move || drop(resolve.call0(&JsValue::UNDEFINED))).forget();
    });
    let _ = JsFuture::from(slept).await;
}
