use std::{cell::RefCell, collections::HashMap, rc::Rc};

use lungfield_contract::{Reading, Status};
use lungfield_history::{Case, Thumbnail};
use lungfield_presenter::Verdict;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

use super::state::Film;
use crate::{
    bridge::{FilmId, FromHistory, Historian, History, HistoryFailure, Listed, Samples, ToHistory},
    platform::{self, Setting},
};

/// After nobody has looked at the page for so many minutes, the history is locked: phones are shared.
const LOCK_AFTER_MINUTES: f64 = 5.0;

/// The history as the page knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct KeptHere {
    /// How it stands; unknown until it has been looked at, which nobody does where there has never been one.
    pub state: Option<History>,
    /// Something is being done.
    pub busy: bool,
    /// What could not be done last.
    pub failure: Option<HistoryFailure>,
    /// The case that is looked at.
    pub shown: Option<(Listed, Rc<Case>)>,
    /// What came of a file: how many cases were taken, known, too old, lost.
    pub imported: Option<[u64; 4]>,
    /// A file that was made of it.
    pub file: Option<File>,
    /// So many films that were read are not in it.
    pub waiting: usize,
    /// The browser may lose what it keeps.
    pub may_be_lost: bool,
}

/// What the user wants of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// A question to it, with these bytes.
    Ask(Rc<ToHistory>, Rc<[u8]>),
    /// The case that is looked at is to be closed.
    Close,
    /// What could not be kept is to be tried once more.
    Again,
}

impl Wish {
    /// A question.
    pub fn ask(question: ToHistory) -> Self {
        Self::Ask(Rc::new(question), Rc::default())
    }

    /// How does it stand?
    pub fn look() -> Self {
        Self::ask(ToHistory::Look { expected: Setting::History.kept().is_some() })
    }
}

/// What can happen to it.
pub(super) enum Change {
    State(History),
    Busy,
    Failed(HistoryFailure),
    Kept(Listed),
    Shown(Option<(Listed, Rc<Case>)>),
    Imported([u64; 4]),
    File(Option<File>),
    Waiting(usize),
    MayBeLost(bool),
}

impl Reducible for KeptHere {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = Self { busy: false, ..Self::clone(&self) };
        match change {
            Change::State(state) => {
                if !matches!(state, History::Open(_)) {
                    (next.shown, next.imported, next.file) = (None, None, None);
                }
                if let (History::Open(open), Some((shown, _))) = (&state, &next.shown)
                    && !open.cases.iter().any(|listed| listed.case == shown.case)
                {
                    next.shown = None;
                }
                next.state = Some(state);
            }
            Change::Busy => (next.busy, next.failure) = (true, None),
            Change::Failed(failure) => next.failure = Some(failure),
            Change::Kept(listed) => {
                next.busy = self.busy;
                if let Some(History::Open(open)) = &mut next.state {
                    open.cases.retain(|other| other.case != listed.case);
                    open.cases.push(listed);
                    open.entries += 1;
                }
            }
            Change::Shown(shown) => next.shown = shown,
            Change::Imported(counts) => next.imported = Some(counts),
            Change::File(file) => next.file = file,
            Change::Waiting(waiting) => (next.busy, next.waiting) = (self.busy, waiting),
            Change::MayBeLost(may_be_lost) => (next.busy, next.may_be_lost) = (self.busy, may_be_lost),
        }
        Rc::new(next)
    }
}

/// A film of this page that is in the history, or on its way there.
struct InHistory {
    reading: Rc<Reading>,
    /// Its number, once it is there.
    case: Option<u64>,
    shown: bool,
}

/// The worker that keeps the history, once there is one, and the films of this page that it has.
#[derive(Default)]
struct Keeper {
    historian: RefCell<Option<Rc<Historian>>>,
    films: RefCell<HashMap<FilmId, InHistory>>,
}

impl Keeper {
    fn historian(&self, here: &UseReducerDispatcher<KeptHere>) -> Result<Rc<Historian>, HistoryFailure> {
        if let Some(historian) = &*self.historian.borrow() {
            return Ok(historian.clone());
        }
        let script = platform::meta("history").ok_or(HistoryFailure::Unavailable)?;
        let changed = here.clone();
        let historian = Rc::new(Historian::start(&script, move |state| changed.dispatch(Change::State(state)))?);
        Ok(self.historian.borrow_mut().insert(historian).clone())
    }
}

/// The history, which keeps the films that have been read while it is open; and what has it do what the user wants.
#[hook]
pub(super) fn use_history(films: &[Film]) -> (Rc<KeptHere>, Callback<Wish>) {
    let here = use_reducer_eq(KeptHere::default);
    let keeper = use_memo((), |()| Keeper::default());
    let again = use_state(|| 0_u32);
    // The same one from draw to draw, so that what shows the history is not drawn again with the rest of the page.
    let wish = {
        let (here, keeper, set_again) = (here.dispatcher(), keeper.clone(), again.setter());
        use_callback(*again, move |wish, &again| match wish {
            Wish::Close => here.dispatch(Change::Shown(None)),
            Wish::Again => set_again.set(again + 1),
            Wish::Ask(question, bytes) => spawn_local(ask(here.clone(), keeper.clone(), question, bytes)),
        })
    };
    {
        let wish = wish.clone();
        use_effect_with((), move |()| {
            if Setting::History.kept().is_some() {
                wish.emit(Wish::look());
            }
        });
    }
    let is_open = matches!(here.state, Some(History::Open(_)));
    {
        let lock = wish.clone();
        use_effect_with(is_open, move |&is_open| {
            let lock = move || lock.emit(Wish::ask(ToHistory::Lock));
            let listening = is_open.then(|| platform::on_returned(LOCK_AFTER_MINUTES, lock));
            move || drop(listening)
        });
    }
    let is_on = is_open || here.state == Some(History::Locked);
    let written = match &here.state {
        Some(History::Open(open)) => open.entries,
        _ => 0,
    };
    // Of a folder there are thousands, and nobody waits for them where nothing is kept.
    let ended: Vec<Film> = films.iter().filter(|film| is_on && film.answer().is_some()).cloned().collect();
    let dispatcher = here.dispatcher();
    use_effect_with((ended, is_on, is_open, written, *again), move |(films, is_on, is_open, ..)| {
        if !is_on {
            keeper.films.borrow_mut().clear();
        }
        if *is_open {
            films.iter().for_each(|film| keep(&dispatcher, &keeper, film));
        }
        let waiting = films.iter().filter(|film| waits(&keeper, film)).count();
        dispatcher.dispatch(Change::Waiting(waiting));
    });
    (Rc::new(KeptHere::clone(&here)), wish)
}

/// What is kept: films that were read, once the user may see their answers.
fn belongs(film: &Film) -> bool {
    film.reading().is_some_and(|reading| reading.status == Status::Read) && film.verdict() != Some(Verdict::Later)
}

fn waits(keeper: &Keeper, film: &Film) -> bool {
    let films = keeper.films.borrow();
    let is_there = films.get(&film.id).is_some_and(|own| {
        own.case.is_some() && film.reading().is_some_and(|reading| says_the_same(&own.reading, reading))
    });
    belongs(film) && !is_there
}

/// A film is read again when its picture comes back, and says the same then; not so where the user has put something elsewhere, or at
/// other thresholds.
fn says_the_same(a: &Reading, b: &Reading) -> bool {
    let lungs_by_hand = |reading: &Reading| reading.lungs.as_ref().is_some_and(|lungs| lungs.by_hand);
    (a.probability, &a.thresholds, &a.photograph, lungs_by_hand(a))
        == (b.probability, &b.thresholds, &b.photograph, lungs_by_hand(b))
}

/// Has a film kept that is not yet, or that its answer has been shown on request.
fn keep(here: &UseReducerDispatcher<KeptHere>, keeper: &Rc<Keeper>, film: &Film) {
    let Some(answer) = film.answer().filter(|_| belongs(film)) else { return };
    let marks = film.marks();
    let mut films = keeper.films.borrow_mut();
    if let Some(own) = films.get_mut(&film.id)
        && says_the_same(&own.reading, &answer.reading)
    {
        if let Some(case) = own.case.filter(|_| marks.shown_on_request && !own.shown) {
            own.shown = true;
            spawn_local(ask(here.clone(), keeper.clone(), Rc::new(ToHistory::Shown(case)), Rc::default()));
        }
        return;
    }
    let own = InHistory { reading: answer.reading.clone(), case: None, shown: marks.shown_on_request };
    films.insert(film.id, own);
    let thumbnail = answer.thumbnail.as_ref().and_then(|picture| match picture.samples() {
        Samples::Eight(grey) => {
            Some(Thumbnail { width: picture.width(), height: picture.height(), grey: grey.clone() })
        }
        Samples::Sixteen(_) => None,
    });
    let case = Case { reading: Reading::clone(&answer.reading), marks, thumbnail };
    let (here, keeper, id) = (here.clone(), keeper.clone(), film.id);
    spawn_local(async move {
        let answered = match keeper.historian(&here) {
            Ok(historian) => historian.ask(&ToHistory::Keep(Box::new(case)), None).await,
            Err(failure) => Err(failure),
        };
        match answered {
            Ok((FromHistory::Kept(listed), _)) => {
                if let Some(own) = keeper.films.borrow_mut().get_mut(&id) {
                    own.case = Some(listed.case);
                }
                here.dispatch(Change::Kept(*listed));
            }
            Ok(_) => {}
            Err(failure) => {
                keeper.films.borrow_mut().remove(&id);
                failed(&here, &keeper, failure).await;
            }
        }
    });
}

async fn ask(here: UseReducerDispatcher<KeptHere>, keeper: Rc<Keeper>, question: Rc<ToHistory>, bytes: Rc<[u8]>) {
    here.dispatch(Change::Busy);
    let answered = match keeper.historian(&here) {
        Ok(historian) => historian.ask(&question, (!bytes.is_empty()).then_some(&bytes)).await,
        Err(failure) => Err(failure),
    };
    let (said, attached) = match answered {
        Ok(answered) => answered,
        Err(failure) => return failed(&here, &keeper, failure).await,
    };
    match said {
        FromHistory::State(state) => {
            match (&*question, &*state) {
                (ToHistory::Begin { .. }, _) => {
                    Setting::History.keep("on");
                    let promised = platform::room(true).await.is_some_and(|room| room.promised);
                    here.dispatch(Change::MayBeLost(!promised));
                }
                (ToHistory::DeleteAll, _) => {
                    Setting::History.forget();
                    keeper.films.borrow_mut().clear();
                }
                (ToHistory::Unlock { .. }, _) => {
                    let promised = platform::room(false).await.is_some_and(|room| room.promised);
                    here.dispatch(Change::MayBeLost(!promised));
                }
                _ => {}
            }
            here.dispatch(Change::State(*state));
        }
        FromHistory::Case(case) => {
            let ToHistory::Open(number) = *question else { return };
            if let Ok((FromHistory::State(state), _)) = look(&here, &keeper).await
                && let History::Open(open) = &*state
                && let Some(listed) = open.cases.iter().find(|listed| listed.case == number)
            {
                here.dispatch(Change::Shown(Some((listed.clone(), Rc::new(*case)))));
            }
        }
        FromHistory::File => {
            let name = format!("lungfield-history-{}.json", platform::today());
            here.dispatch(Change::File(platform::made_file(&attached, &name, "application/json")));
            refresh(&here, &keeper).await;
        }
        FromHistory::Imported { taken, known, old, lost } => {
            here.dispatch(Change::Imported([taken, known, old, lost]));
            refresh(&here, &keeper).await;
        }
        FromHistory::Kept(_) | FromHistory::Failed(_) => {}
    }
}

async fn look(
    here: &UseReducerDispatcher<KeptHere>,
    keeper: &Keeper,
) -> Result<(FromHistory, wasm_bindgen::JsValue), HistoryFailure> {
    let expected = Setting::History.kept().is_some();
    keeper.historian(here)?.ask(&ToHistory::Look { expected }, None).await
}

async fn refresh(here: &UseReducerDispatcher<KeptHere>, keeper: &Keeper) {
    if let Ok((FromHistory::State(state), _)) = look(here, keeper).await {
        here.dispatch(Change::State(*state));
    }
}

/// Nothing was done; after some failures it stands otherwise than the page thinks.
async fn failed(here: &UseReducerDispatcher<KeptHere>, keeper: &Keeper, failure: HistoryFailure) {
    if failure == HistoryFailure::Stopped {
        // Another one is started when it is asked again; it wants the PIN.
        keeper.historian.borrow_mut().take();
    }
    if matches!(failure, HistoryFailure::Closed | HistoryFailure::Stopped) {
        refresh(here, keeper).await;
    }
    here.dispatch(Change::Failed(failure));
}
