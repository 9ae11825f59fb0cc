use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    controller::Controller,
    history::use_history,
    installed::{Change, Handed, Installed, ask_for_room, use_installed},
    own::use_own,
    state::{Action, Engine, Film, Session},
    view::{
        AddFilms, Announcer, AppFacts, AppNotice, DemoFilms, FilmList, FilmPanel, Header, Locale, Printed,
        ReadFirstSwitch, SiteProps, Start, Undo, history_facts, history_waits, own_model_facts, own_model_notice,
        site_thresholds, use_languages, void,
    },
};
use crate::{
    bridge::FilmId,
    platform::{self, AskBeforeLeaving, Incoming, Install, Readiness, Setting, Stepping},
};

impl Reducible for Session {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Session::reduce(&self, action))
    }
}

/// The page.
#[component]
pub(super) fn App() -> Html {
    let session = use_reducer_eq(|| Session::default().reduce(Action::ReadFirst(Setting::ReadFirst.kept().is_some())));
    let controller = use_memo((), |()| Controller::open(session.dispatcher()));
    let languages = use_languages();
    let hovering = use_state(|| false);

    use_incoming(&controller, &hovering);
    let installed = use_installed(&session);
    let (history, ask) = use_history(&session.films);
    let (own_is_kept, own_wish) = use_own(&session, &controller);
    use_readiness(&session, &installed);
    use_picture_of_selected(&session, &controller);
    let add = use_controller(&controller, Controller::add);
    let remove = use_controller(&controller, Controller::remove);
    let clear = use_controller(&controller, |controller, ()| controller.clear());
    let retry_film = use_controller(&controller, Controller::retry);
    let undo = use_controller(&controller, Controller::undo);
    let forget = use_controller(&controller, |controller, ()| controller.forget());
    let tract = use_state(|| platform::has_tract().then(platform::asks_for_tract));
    let use_tract = {
        let (tract, controller, films) = (tract.setter(), controller.clone(), session.films.clone());
        Callback::from(move |wanted| {
            tract.set(Some(wanted));
            controller.use_tract((wanted, ended(&films)));
        })
    };
    let answer_at = {
        let (controller, films) = (controller.clone(), session.films.clone());
        Callback::from(move |site| controller.answer_at((site, ended(&films))))
    };
    let set_corners = use_controller(&controller, Controller::set_corners);
    let set_lungs = use_controller(&controller, Controller::set_lungs);
    let look = use_controller(&controller, Controller::look);
    let retry = use_controller(&controller, |controller, ()| controller.restart());
    let select = use_action(&session, Action::Select);
    let step = use_action(&session, Action::Step);
    let list_only = use_action(&session, Action::Only);
    use_stepping(&session, &step);
    let saw = use_action(&session, |(film, seen)| Action::Saw(film, seen));
    let set_read_first = use_action(&session, |first| {
        if first {
            Setting::ReadFirst.keep("on")
        } else {
            Setting::ReadFirst.forget()
        }
        Action::ReadFirst(first)
    });
    let reveal = use_action(&session, Action::Reveal);
    let set_prevalence = use_action(&session, Action::SetPrevalence);
    let has_read = use_ever(session.films.iter().any(|film| film.verdict().is_some()));
    let changes = installed.dispatcher();
    let put_off = use_callback((), move |(), ()| changes.dispatch(Change::Later));
    let changes = installed.dispatcher();
    let dismiss = use_callback((), move |(), ()| changes.dispatch(Change::Handed(Handed::Nothing)));
    let changes = installed.dispatcher();
    let keep = use_callback((), move |(), ()| spawn_local(ask_for_room(changes.clone(), true)));
    let changes = installed.dispatcher();
    let install = use_callback((), move |(), ()| {
        let changes = changes.clone();
        spawn_local(async move {
            Install::ask().await;
            changes.dispatch(Change::Install);
        });
    });
    let case_open = !session.films.is_empty();
    let version = session.manifest.as_ref().map(|manifest| manifest.version.clone()).unwrap_or_default();
    let returning = use_ever(!session.films.is_empty());
    let locale = languages.locale;
    let add_films = |compact| html! { <AddFilms {compact} hovering={*hovering} add={add.clone()} /> };

    html! {
        <ContextProvider<Locale> context={languages.locale}>
            <Header engine={session.engine.clone()} offline={installed.is_whole()} {retry} {languages} />
            <AppNotice kept={installed.kept.clone()} handed={installed.handed.clone()} later={installed.later} {case_open} {put_off} {dismiss}
                add={add.clone()} clear={clear.clone()} />
            if session.thresholds_are_void() {
                { void(locale) }
            }
            { own_model_notice(locale, &session.own) }
            { history_waits(locale, &history, &ask) }
            if let Some(film) = session.selected() {
                <main class="reading">
                    <FilmPanel film={film.clone()} manifest={session.manifest.clone()} engine={session.engine.clone()}
                        step={step.clone()} retry={retry_film} own={session.own.facts().cloned()} detail={session.detail().cloned()} {look} {saw} {reveal} {set_corners} {set_lungs} tract={*tract} {use_tract} prevalence={session.prevalence} {set_prevalence} />
                    <div class="films">
                        <FilmList films={session.films.clone()} listed={session.listed().cloned().collect::<Vec<_>>()} only={session.only}
                            {list_only} prevalence={session.prevalence} selected={film.id} {select} {step} read_first={session.read_first} {set_read_first} {remove} {clear} />
                        { add_films(true) }
                    </div>
                    <Printed name={film.name.clone()} manifest={session.manifest.clone()} />
                </main>
            } else {
                <main class="start">
                    <Start {returning} />
                    { add_films(false) }
                    <ReadFirstSwitch on={session.read_first} change={set_read_first} />
                </main>
            }
            <DemoFilms add={add.clone()} hidden={session.selected().is_some()} />
            <AppFacts installed={(*installed).clone()} {version} {has_read} {case_open} {install} {keep} />
            if platform::has_tract() {
                { own_model_facts(locale, &session.own, own_is_kept, &own_wish) }
            }
            { history_facts(locale, &history, &ask, session.shipped.as_ref()) }
            if let Some(shipped) = &session.shipped {
                { site_thresholds(locale, SiteProps { films: session.films.clone(), shipped: shipped.clone(), thresholds: session.thresholds.clone(), answer_at }) }
            }
            <Undo removed={session.removed.clone()} {undo} {forget} />
            <Announcer films={session.films.clone()} shown={session.selected().cloned()} />
        </ContextProvider<Locale>>
    }
}

/// The films whose way has ended.
fn ended(films: &[Film]) -> Vec<FilmId> {
    films.iter().filter(|film| film.answer().is_some()).map(|film| film.id).collect()
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
        let early = platform::early_films();
        if !early.is_empty() {
            controller.add(early);
        }
        let add = move |files| controller.add(files);
        let late = platform::listen_to_early_inputs(add.clone());
        let incoming = Incoming::listen(add, move |over| hovering.set(over));
        move || drop((late, incoming))
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

/// Writes the page's state to its root.
#[hook]
fn use_readiness(session: &Session, installed: &Installed) {
    use_effect_with((session.engine == Engine::Ready, installed.settled), |state| {
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
