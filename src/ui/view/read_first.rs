use std::rc::Rc;

use lungfield_contract::{Grade, Seen};
use lungfield_presenter::View;
use yew::prelude::*;

use super::{locale::use_locale, sign};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct SwitchProps {
    pub on: bool,
    pub change: Callback<bool>,
}

/// Whether the user says what she sees before each answer.
#[component]
pub(in crate::ui) fn ReadFirstSwitch(props: &SwitchProps) -> Html {
    let texts = use_locale().texts;
    let on = props.on;
    let change = props.change.reform(move |_: MouseEvent| !on);
    html! {
        <button type="button" role="switch" class="switch" data-testid="read-first-switch" aria-checked={on.to_string()} onclick={change}>
            <span class="knob" aria-hidden="true" /><span>{ &texts.first.switch }</span>
        </button>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub view: Rc<View>,
    /// What she saw; nothing where she wants the answer without saying.
    pub saw: Callback<Option<Seen>>,
}

/// What has been ticked so far.
#[derive(Clone, Copy, PartialEq)]
struct Ticked {
    seen: Seen,
    none: bool,
}

const NOTHING: Ticked = Ticked {
    seen: Seen { quality: Grade::Adequate, consolidation: false, other_infiltrate: false, effusion: false },
    none: false,
};

impl Ticked {
    /// Something has been said: findings, that there are none, or that the film does not show it.
    fn says(self) -> bool {
        let Seen { quality, consolidation, other_infiltrate, effusion } = self.seen;
        self.none || consolidation || other_infiltrate || effusion || quality == Grade::Uninterpretable
    }
}

/// In the place of the answer: what does the user see?
#[component]
pub(super) fn ReadFirst(props: &Props) -> Html {
    let texts = use_locale().texts;
    let ticked = use_state_eq(|| NOTHING);
    let now = *ticked;
    let tick = |name: &str, meaning: &str, on: bool, id: &'static str, next: Ticked| {
        let ticked = ticked.setter();
        html! {
            <label>
                <input type="checkbox" checked={on} data-testid={id} onchange={move |_: Event| ticked.set(next)} />
                <span>{ name }if !meaning.is_empty() { <small>{ meaning }</small> }</span>
            </label>
        }
    };
    let finding = |name, meaning, id, of: fn(&mut Seen) -> &mut bool| {
        let mut next = Ticked { none: false, ..now };
        let is_seen = of(&mut next.seen);
        let on = *is_seen;
        *is_seen = !on;
        tick(name, meaning, on, id, next)
    };
    let none = {
        let seen = Seen { quality: now.seen.quality, ..NOTHING.seen };
        tick(
            &texts.first.none,
            "",
            now.none,
            "saw-none",
            if now.none { Ticked { none: false, ..now } } else { Ticked { seen, none: true } },
        )
    };
    let grade = |(grade, id): (Grade, &'static str)| {
        let (ticked, seen) = (ticked.setter(), Seen { quality: grade, ..now.seen });
        html! {
            <label>
                <input type="radio" name="saw-quality" checked={now.seen.quality == grade} data-testid={id}
                    onchange={move |_: Event| ticked.set(Ticked { seen, ..now })} />
                <span>{ texts.quality.grades.get(&grade).map(String::as_str) }</span>
            </label>
        }
    };
    let grades = [
        (Grade::Adequate, "saw-adequate"),
        (Grade::Suboptimal, "saw-suboptimal"),
        (Grade::Uninterpretable, "saw-uninterpretable"),
    ];
    let show = props.saw.reform(move |event: SubmitEvent| {
        event.prevent_default();
        Some(now.seen)
    });
    let skip = props.saw.reform(|_: MouseEvent| None);
    html! {
        <form class={classes!("card", "first", sign::class(props.view.sign))} data-testid="read-first" onsubmit={show}>
            <fieldset>
                <legend class="outcome">{ sign::shape(props.view.sign) }<span>{ &props.view.headline }</span></legend>
                { finding(&texts.first.consolidation, &texts.first.consolidation_is, "saw-consolidation", |seen| &mut seen.consolidation) }
                { finding(&texts.first.other_infiltrate, &texts.first.other_infiltrate_is, "saw-infiltrate", |seen| &mut seen.other_infiltrate) }
                { finding(&texts.first.effusion, &texts.first.effusion_is, "saw-effusion", |seen| &mut seen.effusion) }
                { none }
            </fieldset>
            <fieldset class="grades">
                <legend>{ &texts.quality.title }</legend>
                { for grades.map(grade) }
            </fieldset>
            <p class="buttons">
                <button type="submit" class="button primary" data-testid="saw" disabled={!now.says()}>{ &texts.first.show }</button>
                <button type="button" class="quiet" data-testid="saw-skip" onclick={skip}>{ &texts.first.skip }</button>
            </p>
        </form>
    }
}
