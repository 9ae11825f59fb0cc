use std::rc::Rc;

use lungfield_contract::Manifest;
use lungfield_history::Fault;
use lungfield_presenter::{interpolate, text::HistoryTexts};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    history_case::CaseView,
    history_list::CaseList,
    lazy_details::LazyDetails,
    locale::{Locale, use_locale},
};
use crate::{
    bridge::{History, HistoryFailure, OpenHistory, ToHistory},
    platform,
    ui::history::{KeptHere, Wish},
};

/// A PIN has so many characters at least.
const PIN: usize = 6;
/// What is offered at first.
const DAYS: u16 = 30;
const MOST_DAYS: u16 = 3650;

/// That the history waits for something: its PIN, or room; or that it is gone.
pub(in crate::ui) fn history_waits(locale: Locale, history: &KeptHere, ask: &Callback<Wish>) -> Html {
    let texts = &locale.texts.history;
    let KeptHere { state, failure, waiting, busy, .. } = history;
    let count = texts.waiting.of(*waiting, &locale.number(*waiting as f64, 0));
    let again = ask.reform(|_: MouseEvent| Wish::Again);
    match state {
        Some(History::Locked) if *waiting > 0 => html! {
            <section class="notice" data-testid="history-waits"><p>{ count }</p>{ unlock(texts, *busy, ask) }</section>
        },
        Some(History::Open(_)) if *waiting > 0 && failure.is_some() => html! {
            <section class="notice" role="alert" data-testid="history-waits">
                <p>{ count }{ " " }{ for failure.as_ref().map(|failure| words(texts, failure)) }</p>
                <p class="buttons"><button type="button" class="button" onclick={again}>{ &texts.again }</button></p>
            </section>
        },
        Some(History::Lost) => html! { <p class="notice" role="alert" data-testid="history-lost">{ &texts.lost }</p> },
        _ => Html::default(),
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub history: Rc<KeptHere>,
    pub ask: Callback<Wish>,
    /// The model's contract, if it is there.
    pub manifest: Option<Rc<Manifest>>,
}

/// The history: switched on, opened, looked through, taken away, deleted.
pub(in crate::ui) fn history_facts(
    locale: Locale,
    history: &Rc<KeptHere>,
    ask: &Callback<Wish>,
    manifest: Option<&Rc<Manifest>>,
) -> Html {
    html! {
        <section class="app-facts" aria-label={locale.texts.history.title.as_str()}>
            <LazyDetails summary={html! { &locale.texts.history.title }} id="history">
                <Inside history={history.clone()} ask={ask.clone()} manifest={manifest.cloned()} />
            </LazyDetails>
        </section>
    }
}

#[component]
fn Inside(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.history;
    let Props { history, ask, manifest } = props;
    let wrong = use_state_eq(|| None::<&'static str>);
    let sure = use_state_eq(|| false);
    {
        let (ask, unknown) = (ask.clone(), history.state.is_none());
        use_effect_with((), move |()| {
            if unknown {
                ask.emit(Wish::look());
            }
        });
    }
    let failure = history.failure.as_ref().map(|failure| {
        html! { <p role="alert" data-testid="history-failure">{ words(texts, failure) }</p> }
    });
    let own = match (&history.state, &history.shown) {
        (None, _) => Html::default(),
        (Some(History::Off), _) => begin(texts, history.busy, &wrong, ask),
        // Who wants none any more deletes what is left of it: that there was one.
        (Some(History::Lost), _) => html! {
            <>
                { begin(texts, history.busy, &wrong, ask) }
                { delete_all(texts, "…".into(), &sure, ask) }
            </>
        },
        (Some(History::Locked), _) => html! {
            <>
                <p>{ &texts.locked }</p>
                { unlock(texts, history.busy, ask) }
                { delete_all(texts, "…".into(), &sure, ask) }
            </>
        },
        (Some(History::Open(_)), Some((listed, case))) => html! {
            <CaseView key={listed.case} listed={listed.clone()} case={case.clone()} manifest={manifest.clone()} ask={ask.clone()} />
        },
        (Some(History::Open(open)), None) => {
            let count = locale.number(open.cases.len() as f64, 0);
            html! {
                <>
                    <CaseList cases={open.cases.clone()} ask={ask.clone()} />
                    { log(locale, open, ask) }
                    <LazyDetails summary={html! { &texts.manage }} id="history-manage">
                        <div class="history">
                            { manage(locale, open, history, ask) }
                            { delete_all(texts, count, &sure, ask) }
                        </div>
                    </LazyDetails>
                </>
            }
        }
    };
    html! { <div class="facts history" aria-busy={history.busy.to_string()}>{ failure }{ own }</div> }
}

/// Why nothing was done, in the user's words.
fn words(texts: &'static HistoryTexts, failure: &HistoryFailure) -> &'static str {
    match failure {
        HistoryFailure::Unavailable => &texts.unavailable,
        HistoryFailure::WrongPin => &texts.wrong_pin,
        HistoryFailure::Closed => &texts.closed,
        HistoryFailure::NotWritten => &texts.not_written,
        HistoryFailure::NoCase => &texts.no_case,
        HistoryFailure::NotAHistory(_) => &texts.not_a_history,
        HistoryFailure::Stopped => &texts.stopped,
    }
}

/// Switches it on.
fn begin(
    texts: &'static HistoryTexts,
    busy: bool,
    wrong: &UseStateHandle<Option<&'static str>>,
    ask: &Callback<Wish>,
) -> Html {
    let submit = {
        let (wrong, ask) = (wrong.setter(), ask.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let [pin, once_more, who, days] =
                ["pin", "once-more", "who", "days"].map(|name| platform::typed(&event, name));
            if pin.chars().count() < PIN {
                return wrong.set(Some(&texts.pin_short));
            }
            if pin != once_more {
                return wrong.set(Some(&texts.pins_differ));
            }
            wrong.set(None);
            ask.emit(Wish::ask(ToHistory::Begin { pin, who: who.trim().into(), days: in_days(&days) }));
        }
    };
    html! {
        <form onsubmit={submit}>
            <p>{ &texts.about }</p>
            <p>{ &texts.forgotten }</p>
            { secret(&texts.pin, "pin", "history-pin", "new-password") }
            { secret(&texts.pin_again, "once-more", "history-pin-again", "new-password") }
            { who_and_days(texts, "", DAYS) }
            if let Some(wrong) = **wrong {
                <p role="alert" data-testid="history-pin-wrong">{ wrong }</p>
            }
            <p class="buttons"><button type="submit" class="button" data-testid="history-begin" disabled={busy}>{ &texts.begin }</button></p>
        </form>
    }
}

/// Opens it.
fn unlock(texts: &'static HistoryTexts, busy: bool, ask: &Callback<Wish>) -> Html {
    let submit = ask.reform(|event: SubmitEvent| {
        event.prevent_default();
        Wish::ask(ToHistory::Unlock { pin: platform::typed(&event, "pin") })
    });
    html! {
        <form onsubmit={submit}>
            { secret(&texts.pin, "pin", "history-unlock-pin", "current-password") }
            <p class="buttons"><button type="submit" class="button" data-testid="history-unlock" disabled={busy}>{ &texts.unlock }</button></p>
        </form>
    }
}

/// Locks it, and says whether its log is whole.
fn log(locale: Locale, open: &OpenHistory, ask: &Callback<Wish>) -> Html {
    let texts = &locale.texts.history;
    let lock = ask.reform(|_: MouseEvent| Wish::ask(ToHistory::Lock));
    let entries = locale.number(open.entries as f64, 0);
    html! {
        <>
            <p class="buttons"><button type="button" class="button" data-testid="history-lock" onclick={lock}>{ &texts.lock }</button></p>
            if open.faults.is_empty() {
                <p data-testid="history-whole">{ interpolate(&texts.whole, &[("entries", &entries)]) }</p>
            } else {
                <div role="alert" data-testid="history-broken">
                    <p><strong>{ &texts.broken }</strong></p>
                    <ul>{ for open.faults.iter().map(|fault| html! { <li>{ fault_in_words(locale, *fault) }</li> }) }</ul>
                </div>
            }
        </>
    }
}

/// Who uses it and for how long, and the file that all of it travels in.
fn manage(locale: Locale, open: &OpenHistory, history: &KeptHere, ask: &Callback<Wish>) -> Html {
    let texts = &locale.texts.history;
    let set = ask.reform(|event: SubmitEvent| {
        event.prevent_default();
        let [who, days] = ["who", "days"].map(|name| platform::typed(&event, name));
        Wish::ask(ToHistory::Set { who: who.trim().into(), days: in_days(&days) })
    });
    let import = {
        let ask = ask.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let (pin, ask) = (platform::typed(&event, "pin"), ask.clone());
            let Some(input) = platform::input(&event, "file") else { return };
            spawn_local(async move {
                if let Some(bytes) = platform::chosen_bytes(input).await {
                    ask.emit(Wish::Ask(Rc::new(ToHistory::Import { pin }), bytes.into()));
                }
            });
        }
    };
    let export = ask.reform(|_: MouseEvent| Wish::ask(ToHistory::Export));
    let imported = history.imported.map(|counts| {
        let [taken, known, old, lost] = counts.map(|count| locale.number(count as f64, 0));
        interpolate(&texts.imported, &[("taken", &*taken), ("known", &known), ("old", &old), ("lost", &lost)])
    });
    html! {
        <>
            <form onsubmit={set}>
                { who_and_days(texts, &open.who, open.days) }
                <p class="buttons"><button type="submit" class="button" data-testid="history-set">{ &texts.set }</button></p>
            </form>
            <p>{ match &open.exported {
                Some(at) => interpolate(&texts.exported, &[("at", &locale.time(at))]),
                None => texts.not_exported.clone(),
            } }
            if history.may_be_lost {
                { " " }{ &locale.texts.app.not_promised }
            }</p>
            <p class="buttons">
                <button type="button" class="button" data-testid="history-export" disabled={history.busy} onclick={export}>{ &texts.export }</button>
                if let Some(file) = history.file.clone() {
                    <button type="button" class="button" data-testid="history-save" onclick={move |_: MouseEvent| platform::hand_over(&file)}>{ &locale.texts.take.save }</button>
                }
            </p>
            <form onsubmit={import}>
                <label class="field"><span>{ &texts.import }</span>
                    <input type="file" name="file" accept="application/json,.json" data-testid="history-file" /></label>
                { secret(&texts.import_pin, "pin", "history-file-pin", "off") }
                <p class="buttons"><button type="submit" class="button" data-testid="history-import" disabled={history.busy}>{ &texts.import }</button></p>
            </form>
            if let Some(imported) = imported {
                <p role="status" data-testid="history-imported">{ imported }</p>
            }
        </>
    }
}

/// Deletes everything, with a second press. `count` is the number of cases, where it is known.
fn delete_all(texts: &'static HistoryTexts, count: String, sure: &UseStateHandle<bool>, ask: &Callback<Wish>) -> Html {
    let press = {
        let (ask, sure) = (ask.clone(), sure.clone());
        move |_: MouseEvent| {
            if *sure {
                ask.emit(Wish::ask(ToHistory::DeleteAll));
            }
            sure.set(!*sure);
        }
    };
    html! {
        <>
            if **sure {
                <p role="alert">{ interpolate(&texts.delete_sure, &[("count", &count)]) }</p>
            }
            <p class="buttons"><button type="button" class="button" data-testid="history-delete" onclick={press}>{ &texts.delete }</button></p>
        </>
    }
}

fn fault_in_words(locale: Locale, fault: Fault) -> String {
    let texts = &locale.texts.history;
    let (text, n) = match fault {
        Fault::Unopened(n) => (&texts.unopened, n),
        Fault::Unlinked(n) => (&texts.unlinked, n),
        Fault::CutOff(n) => (&texts.cut_off, n),
        Fault::Missing(n) => (&texts.missing, n),
        Fault::Changed(n) => (&texts.changed, n),
        Fault::Unknown(n) => (&texts.unknown, n),
    };
    interpolate(text, &[("n", &locale.number(n as f64, 0))])
}

fn secret(label: &'static str, name: &'static str, id: &'static str, kind: &'static str) -> Html {
    html! {
        <label class="field"><span>{ label }</span><input type="password" {name} autocomplete={kind} data-testid={id} required=true /></label>
    }
}

/// What is typed stays when the rest is drawn again: only what stood there at first is given.
fn who_and_days(texts: &'static HistoryTexts, who: &str, days: u16) -> Html {
    html! {
        <>
            <label class="field"><span>{ &texts.who }</span>
                <input type="text" name="who" ~defaultValue={who.to_owned()} autocomplete="username" maxlength="64" data-testid="history-who" required=true /></label>
            <label class="field"><span>{ &texts.days }</span>
                <input type="number" name="days" ~defaultValue={days.to_string()} min="1" max={MOST_DAYS.to_string()} step="1" inputmode="numeric" data-testid="history-days" required=true /></label>
        </>
    }
}

/// The browser lets nothing else through.
fn in_days(text: &str) -> u16 {
    text.trim().parse().unwrap_or(DAYS).clamp(1, MOST_DAYS)
}
