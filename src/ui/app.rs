use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    controller::Controller,
    state::{Action, Engine, Session},
    view::{
        AddFilms, Announcer, DemoFilms, FilmList, FilmPanel, Header, Locale, Printed, Start, Undo, demo_films,
        use_languages,
    },
};
use crate::platform::{self, AskBeforeLeaving, Incoming, Readiness, Stepping};

/// So many milliseconds the workers have had nothing to do before files are fetched for offline use: films that are read, and the
/// page that shows them, come first.
const IDLE_MS: u32 = 500;

impl Reducible for Session {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Session::reduce(&self, action))
    }
}

/// The page.
#[component]
pub(super) fn App() -> Html {
    let session = use_reducer_eq(Session::default);
    let controller = use_memo((), |()| Controller::open(session.dispatcher()));
    let languages = use_languages();
    let hovering = use_state(|| false);
    let offline = use_state(|| false);

    use_incoming(&controller, &hovering);
    use_readiness(&session, &offline);
    use_picture_of_selected(&session, &controller);
    let add = use_controller(&controller, Controller::add);
    let remove = use_controller(&controller, Controller::remove);
    let clear = use_controller(&controller, |controller, ()| controller.clear());
    let retry_film = use_controller(&controller, Controller::retry);
    let undo = use_controller(&controller, Controller::undo);
    let forget = use_controller(&controller, |controller, ()| controller.forget());
    let set_corners = use_controller(&controller, Controller::set_corners);
    let retry = use_controller(&controller, |controller, ()| controller.restart());
    let select = use_action(&session, Action::Select);
    let step = use_action(&session, Action::Step);
    let list_only = use_action(&session, Action::Only);
    use_stepping(&session, &step);
    let reveal = use_action(&session, Action::Reveal);
    let set_prevalence = use_action(&session, Action::SetPrevalence);
    let returning = use_ever(!session.films.is_empty());
    let add_films = |compact| html! { <AddFilms {compact} hovering={*hovering} add={add.clone()} /> };

    html! {
        <ContextProvider<Locale> context={languages.locale}>
            <Header engine={session.engine.clone()} offline={*offline} {retry} {languages} />
            if let Some(film) = session.selected() {
                <main class="reading">
                    <FilmPanel film={film.clone()} manifest={session.manifest.clone()} engine={session.engine.clone()}
                        step={step.clone()} retry={retry_film} {reveal} {set_corners} prevalence={session.prevalence} {set_prevalence} />
                    <div class="films">
                        <FilmList films={session.films.clone()} listed={session.listed().cloned().collect::<Vec<_>>()} only={session.only}
                            {list_only} selected={film.id} {select} {step} {remove} {clear} />
                        { add_films(true) }
                    </div>
                    <Printed name={film.name.clone()} manifest={session.manifest.clone()} />
                </main>
            } else {
                <main class="start">
                    <Start {returning} />
                    { add_films(false) }
                </main>
            }
            <DemoFilms add={add.clone()} hidden={session.selected().is_some()} />
            <Undo removed={session.removed.clone()} {undo} {forget} />
            <Announcer films={session.films.clone()} shown={session.selected().cloned()} />
        </ContextProvider<Locale>>
    }
}

/// A callback that has the controller do something: the same one for good, so that a view with the same properties is not
/// drawn again.
#[hook]
fn use_controller<T: 'static>(controller: &Rc<Controller>, action: fn(&Controller, T)) -> Callback<T> {
    let controller = controller.clone();
    let callback = use_memo((), move |()| Callback::from(move |value| action(&controller, value)));
    (*callback).clone()
}

/// A callback that dispatches an action to the session; the same one for good.
#[hook]
fn use_action<T: 'static>(session: &UseReducerHandle<Session>, action: fn(T) -> Action) -> Callback<T> {
    let session = session.dispatcher();
    let callback = use_memo((), move |()| Callback::from(move |value| session.dispatch(action(value))));
    (*callback).clone()
}

/// Films that are dropped or pasted anywhere on the page.
#[hook]
fn use_incoming(controller: &Rc<Controller>, hovering: &UseStateHandle<bool>) {
    let (controller, hovering) = (controller.clone(), hovering.setter());
    use_effect_with((), move |()| {
        let incoming = Incoming::listen(move |files| controller.add(files), move |over| hovering.set(over));
        move || drop(incoming)
    });
}

/// Where there are films, the arrow keys and a finger across the answer go from one to the next, and the browser asks before it
/// leaves the page.
#[hook]
fn use_stepping(session: &Session, step: &Callback<isize>) {
    use_effect_with((!session.films.is_empty(), step.clone()), |(has_films, step)| {
        let step = step.clone();
        let listening =
            has_films.then(|| (Stepping::listen(move |places| step.emit(places)), AskBeforeLeaving::listen()));
        move || drop(listening)
    });
}

/// Writes the page's state to its root, and once the model is there and has no film to read sees to it that the page works
/// offline.
#[hook]
fn use_readiness(session: &Session, offline: &UseStateHandle<bool>) {
    let ready = session.engine == Engine::Ready;
    let was_idle = use_state_eq(|| false);
    let idle = ready && session.films.iter().all(|film| film.answer().is_some());
    let set_idle = was_idle.setter();
    use_effect_with(idle, move |idle| {
        let timer = idle.then(|| Timeout::new(IDLE_MS, move || set_idle.set(true)));
        move || drop(timer)
    });
    let set_offline = offline.setter();
    use_effect_with(*was_idle, move |was_idle| {
        if *was_idle {
            spawn_local(async move {
                set_offline.set(platform::keep_for_offline_use(demo_films().map(|film| film.file.clone())).await);
            });
        }
    });
    use_effect_with((ready, **offline), |state| {
        platform::set_readiness(match state {
            (false, _) => Readiness::Loading,
            (true, false) => Readiness::Ready,
            (true, true) => Readiness::OfflineReady,
        });
    });
}

/// True from the first time that `value` was.
#[hook]
fn use_ever(value: bool) -> bool {
    let seen = use_mut_ref(|| false);
    let mut seen = seen.borrow_mut();
    *seen |= value;
    *seen
}

/// A film whose picture was evicted is read again when it is to be shown.
#[hook]
fn use_picture_of_selected(session: &Session, controller: &Rc<Controller>) {
    let needing = session.selected().filter(|film| film.needs_picture()).map(|film| film.id);
    let controller = controller.clone();
    use_effect_with(needing, move |needing| {
        if let Some(film) = *needing {
            controller.read(film);
        }
    });
}
