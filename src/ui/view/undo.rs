use gloo::timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{icon, locale::use_locale};
use crate::{bridge::FilmId, platform::focus_on, ui::state::Removed};

/// So many milliseconds films that were removed can be brought back.
const UNDO_MS: u32 = 30_000;

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub removed: Option<Removed>,
    /// The films come back; these of them have to be read.
    pub undo: Callback<Vec<FilmId>>,
    pub forget: Callback<()>,
}

/// Says that films were removed, and brings them back if that is asked for in time.
#[component]
pub(in crate::ui) fn Undo(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.films;
    let place = use_node_ref();
    use_effect_with((props.removed.clone(), props.forget.clone()), {
        let place = place.clone();
        move |(removed, forget)| {
            // Over the list where that is a sheet. A browser that knows no popovers shows it in its place.
            if let Some(place) = place.cast::<HtmlElement>() {
                let _ = place.show_popover();
            }
            let forget = forget.clone();
            let timer = removed.as_ref().map(|_| Timeout::new(UNDO_MS, move || forget.emit(())));
            move || drop(timer)
        }
    });
    let text = props.removed.as_ref().map(|removed| {
        let count = removed.films.len();
        texts.removed.of(count, &locale.number(count as f64, 0))
    });
    let undo = {
        let (undo, unread) = (props.undo.clone(), props.removed.as_ref().map(Removed::unread).unwrap_or_default());
        Callback::from(move |_: MouseEvent| {
            undo.emit(unread.clone());
            focus_on("#film-title");
        })
    };
    let forget = props.forget.reform(|_: MouseEvent| focus_on("h1"));
    html! {
        <>
            <p class="unseen" role="status">{ text.clone() }</p>
            if text.is_some() {
                <div ref={place} class="undo" popover="manual">
                    <span>{ text }</span>
                    <button type="button" class="button" data-testid="undo" onclick={undo}>{ &texts.undo }</button>
                    <button type="button" class="step" aria-label={texts.close.as_str()} onclick={forget}>{ icon::cross() }</button>
                </div>
            }
        </>
    }
}
