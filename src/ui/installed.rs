use std::rc::Rc;

use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::state::Session;
use crate::{
    bridge::{self, Keeper, Kept, NamedFile, Said, Shared},
    platform::{self, Install, Purpose, Room},
};

/// So many milliseconds the workers have had nothing to do before files are fetched for offline use: films that are read, and the
/// page that shows them, come first.
const IDLE_MS: u32 = 500;
/// A page that is shown again looks for a newer version if it has not for so long, in milliseconds.
const LOOK_AGAIN_MS: f64 = 12.0 * 3_600_000.0;

/// The app beside its films: what is kept on the device, and what was handed to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Installed {
    /// How the builds stand, once it is known; it stays unknown where the browser keeps nothing.
    pub kept: Option<Rc<Kept>>,
    /// It was tried to keep them.
    pub tried: bool,
    /// The demo films are there too, or cannot be had.
    pub settled: bool,
    /// The room that the browser gives.
    pub room: Option<Room>,
    /// How it is installed.
    pub install: Option<Install>,
    /// The films that were handed over.
    pub handed: Handed,
    /// What is offered was put off.
    pub later: bool,
}

/// Films from another app or the file manager, which the user has not been asked about yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Handed {
    /// None.
    #[default]
    Nothing,
    /// These.
    Films(Rc<Vec<NamedFile>>),
    /// They went to a window that was open.
    Elsewhere,
    /// They were lost on their way.
    Lost,
}

/// What can happen to it.
pub(super) enum Change {
    Kept(Option<Rc<Kept>>),
    Settled,
    Room(Option<Room>),
    Install,
    Handed(Handed),
    Later,
}

impl Installed {
    /// It works without a network.
    pub fn is_whole(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.whole)
    }
}

impl Reducible for Installed {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Kept(kept) => {
                next.settled &= kept.as_ref().is_some_and(|kept| kept.whole);
                // What is new was not put off.
                let newest = |kept: &Option<Rc<Kept>>| kept.as_ref().map(|kept| kept.newest.build.clone());
                next.later &= newest(&self.kept) == newest(&kept);
                (next.kept, next.tried) = (kept, true);
            }
            Change::Settled => next.settled = next.is_whole(),
            Change::Room(room) => next.room = room,
            Change::Install => next.install = Some(Install::now()),
            Change::Handed(Handed::Films(more)) => {
                let before = match &next.handed {
                    Handed::Films(films) => films.as_slice(),
                    _ => &[],
                };
                next.handed = Handed::Films(Rc::new([before, &more].concat()));
            }
            Change::Handed(handed) => next.handed = handed,
            Change::Later => next.later = true,
        }
        next.into()
    }
}

/// The app beside its films. Nothing is kept before the model is there and has read what waits.
#[hook]
pub(super) fn use_installed(session: &Session) -> UseReducerHandle<Installed> {
    let installed = use_reducer_eq(Installed::default);
    let idle = session.is_idle();
    let was_idle = use_state_eq(|| false);
    let set_idle = was_idle.setter();
    use_effect_with(idle, move |idle| {
        let timer = idle.then(|| Timeout::new(IDLE_MS, move || set_idle.set(true)));
        move || drop(timer)
    });
    let changes = installed.dispatcher();
    use_effect_with(*was_idle, move |was_idle| {
        if *was_idle {
            spawn_local(keep(changes));
        }
    });
    let changes = installed.dispatcher();
    use_effect_with(*was_idle, move |was_idle| {
        let looked = std::cell::Cell::new(js_sys::Date::now());
        let shown = was_idle.then(|| {
            platform::on_shown(move || {
                let changes = changes.clone();
                let looks = js_sys::Date::now() - looked.get() > LOOK_AGAIN_MS;
                if looks {
                    looked.set(js_sys::Date::now());
                }
                spawn_local(async move {
                    if looks {
                        Keeper::look_for_newer().await;
                    }
                    keep(changes).await;
                });
            })
        });
        move || drop(shown)
    });
    let changes = installed.dispatcher();
    use_effect_with((), move |()| {
        let listeners = listen(&changes);
        changes.dispatch(Change::Install);
        spawn_local(ask_for_room(changes, Install::now() == Install::Done));
        move || drop(listeners)
    });
    installed
}

/// Asks how the room stands; with `ask`, for the promise to keep what is there.
pub(super) async fn ask_for_room(changes: UseReducerDispatcher<Installed>, ask: bool) {
    changes.dispatch(Change::Room(platform::room(ask).await));
}

/// Keeps this build on the device, or mends what is kept of it, and says how all stand.
async fn keep(changes: UseReducerDispatcher<Installed>) {
    let Some(own) = platform::meta("build") else { return };
    let keeper = Keeper::start().await;
    let kept = match &keeper {
        Some(keeper) => keeper.check(&own).await,
        None => None,
    };
    changes.dispatch(Change::Kept(kept.map(Rc::new)));
    if let Some(keeper) = keeper {
        if !platform::saves_data() {
            keeper.keep_late_files(&own).await;
        }
        changes.dispatch(Change::Settled);
    }
    changes.dispatch(Change::Room(platform::room(false).await));
}

/// Listens to what comes from outside of the page.
fn listen(changes: &UseReducerDispatcher<Installed>) -> Vec<EventListener> {
    let hand = {
        let changes = changes.clone();
        move |films: Vec<NamedFile>| changes.dispatch(Change::Handed(Handed::Films(Rc::new(films))))
    };
    platform::listen_for_launch(hand.clone());
    let said = {
        let (changes, hand) = (changes.clone(), hand.clone());
        bridge::listen(move |said| match said {
            Said::Handed(films) => hand(films),
            Said::Changed => spawn_local(keep(changes.clone())),
        })
    };
    let changed = {
        let changes = changes.clone();
        move |installed| {
            changes.dispatch(Change::Install);
            if installed {
                spawn_local(ask_for_room(changes.clone(), true));
            }
        }
    };
    match platform::purpose() {
        Some(Purpose::Shared) => {
            let changes = changes.clone();
            spawn_local(async move {
                match bridge::shared_films().await {
                    Shared::Films(films) => hand(films),
                    Shared::Elsewhere => changes.dispatch(Change::Handed(Handed::Elsewhere)),
                    Shared::Lost => changes.dispatch(Change::Handed(Handed::Lost)),
                }
            });
        }
        Some(Purpose::Photograph) => platform::focus_on("[data-testid=camera-input]"),
        Some(Purpose::Folder) => platform::focus_on("[data-testid=folder-input]"),
        None => {}
    }
    platform::listen_for_install(changed).into_iter().chain(said).collect()
}
