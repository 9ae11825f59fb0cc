use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    desk::Desk,
    state::{Action, Engine, Session},
    text::Language,
    view::{AddFilms, Announcer, DemoFilms, FilmList, FilmPanel, Header, Start, Words, demo_films},
};
use crate::platform::{self, Incoming, Readiness};

/// So many milliseconds the reader has had nothing to do before files are fetched for offline use: films that are read, and the
/// page that shows them, come first.
const REST: u32 = 500;

impl Reducible for Session {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(self.after(action))
    }
}

/// The page.
#[component]
pub(super) fn App() -> Html {
    let session = use_reducer_eq(Session::default);
    let desk = use_memo((), |()| Desk::open(session.dispatcher()));
    let language = use_state(platform::preferred_language);
    let hovering = use_state(|| false);
    let offline = use_state(|| false);

    use_incoming(&desk, &hovering);
    use_readiness(&session, &offline);
    use_picture_of_selected(&session, &desk);
    use_effect_with(*language, |language| platform::set_language(*language));

    let choose_language = {
        let language = language.clone();
        Callback::from(move |chosen: Language| {
            platform::remember_language(chosen);
            language.set(chosen);
        })
    };
    let add = use_desk(&desk, Desk::add);
    let remove = use_desk(&desk, Desk::remove);
    let clear = use_desk(&desk, |desk, ()| desk.clear());
    let set_corners = use_desk(&desk, Desk::read_between);
    let retry = use_desk(&desk, |desk, ()| desk.restart());
    let select = use_action(&session, Action::Select);
    let ask = use_action(&session, Action::AskFor);
    let set_prevalence = use_action(&session, Action::SetPrevalence);
    let returning = use_ever(!session.films.is_empty());
    let add_films = |compact| html! { <AddFilms {compact} hovering={*hovering} add={add.clone()} /> };

    html! {
        <ContextProvider<Words> context={Words::new(*language)}>
            <Header engine={session.engine.clone()} offline={*offline} {retry} {choose_language} />
            if let Some(film) = session.selected() {
                <main class="reading">
                    <div class="films">
                        <FilmList films={session.films.clone()} selected={film.id} {select} {remove} {clear} />
                        { add_films(true) }
                    </div>
                    <FilmPanel film={film.clone()} manifest={session.manifest.clone()} engine={session.engine.clone()}
                        {ask} {set_corners} prevalence={session.prevalence} {set_prevalence} />
                </main>
            } else {
                <main class="start">
                    <Start {returning} />
                    { add_films(false) }
                </main>
            }
            <DemoFilms {add} />
            <Announcer films={session.films.clone()} />
        </ContextProvider<Words>>
    }
}

/// What the desk does when a view says so: one callback for good, so that a view with the same properties is not drawn
/// again.
#[hook]
fn use_desk<T: 'static>(desk: &Rc<Desk>, action: fn(&Desk, T)) -> Callback<T> {
    let desk = desk.clone();
    let callback = use_memo((), move |()| Callback::from(move |value| action(&desk, value)));
    (*callback).clone()
}

/// What the session makes of a view's word; one callback for good.
#[hook]
fn use_action<T: 'static>(session: &UseReducerHandle<Session>, action: fn(T) -> Action) -> Callback<T> {
    let session = session.dispatcher();
    let callback = use_memo((), move |()| Callback::from(move |value| session.dispatch(action(value))));
    (*callback).clone()
}

/// Films that are dropped or pasted anywhere on the page.
#[hook]
fn use_incoming(desk: &Rc<Desk>, hovering: &UseStateHandle<bool>) {
    let (desk, hovering) = (desk.clone(), hovering.setter());
    use_effect_with((), move |()| {
        let incoming = Incoming::listen(move |files| desk.add(files), move |over| hovering.set(over));
        move || drop(incoming)
    });
}

/// Writes the page's state to its root, and once the model is there and has no film to read sees to it that the page works
/// offline.
#[hook]
fn use_readiness(session: &Session, offline: &UseStateHandle<bool>) {
    let ready = session.engine == Engine::Ready;
    let has_rested = use_state_eq(|| false);
    let rests = ready && session.films.iter().all(|film| film.answer().is_some());
    let set_rested = has_rested.setter();
    use_effect_with(rests, move |rests| {
        let later = rests.then(|| Timeout::new(REST, move || set_rested.set(true)));
        move || drop(later)
    });
    let set_offline = offline.setter();
    use_effect_with(*has_rested, move |has_rested| {
        if *has_rested {
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

/// A film that was let go of is read again when it is to be shown.
#[hook]
fn use_picture_of_selected(session: &Session, desk: &Rc<Desk>) {
    let lacking = session.selected().filter(|film| film.lacks_picture()).map(|film| film.id);
    let desk = desk.clone();
    use_effect_with(lacking, move |lacking| {
        if let Some(film) = *lacking {
            desk.read(film);
        }
    });
}
