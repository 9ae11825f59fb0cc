use std::rc::Rc;

use lungfield_contract::OwnFacts;
use lungfield_presenter::{OwnView, Untranslated};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{lazy_details::LazyDetails, locale::Locale};
use crate::{
    bridge::OwnRefusal,
    platform,
    ui::{own::OwnWish, state::Own},
};

/// A model of the user's own: opened, told what it is, kept, closed.
pub(in crate::ui) fn own_model_facts(locale: Locale, own: &Own, kept: bool, wish: &Callback<OwnWish>) -> Html {
    let texts = &locale.texts.own;
    let choose = {
        let wish = wish.clone();
        move |event: Event| {
            if let Some(archive) = platform::chosen_file(&event.target_unchecked_into::<HtmlInputElement>()) {
                wish.emit(OwnWish::Open(archive));
            }
        }
    };
    let close = wish.reform(|_: MouseEvent| OwnWish::Close);
    let keep = wish.reform(|_: MouseEvent| OwnWish::Keep);
    let forget = wish.reform(|_: MouseEvent| OwnWish::Forget);
    html! {
        <section class="app-facts" aria-label={texts.title.as_str()}>
            <LazyDetails summary={html! { &texts.title }} id="own-model">
                <div class="facts history">
                    <p>{ &texts.about }</p>
                    if let Some(facts) = own.facts() {
                        { known(locale, facts) }
                    }
                    if kept {
                        <p data-testid="own-kept">{ &texts.kept }</p>
                    }
                    <p class="buttons">
                        <label class="button">
                            <input type="file" class="unseen" accept="application/zip,.zip" data-testid="own-file" onchange={choose} />
                            { &texts.choose }
                        </label>
                        if own.facts().is_some() {
                            if !kept {
                                <button type="button" class="button" data-testid="own-keep" onclick={keep}>{ &texts.keep }</button>
                            }
                            <button type="button" class="button" data-testid="own-close" onclick={close}>{ &texts.close }</button>
                        }
                        if kept {
                            <button type="button" class="button" data-testid="own-forget" onclick={forget}>{ &texts.forget }</button>
                        }
                    </p>
                </div>
            </LazyDetails>
        </section>
    }
}

/// How it stands with a model that was dropped or chosen, said where films are.
pub(in crate::ui) fn own_model_notice(locale: Locale, own: &Own) -> Html {
    match own {
        Own::Opening => {
            html! { <p class="notice" role="status" data-testid="own-opening">{ &locale.texts.own.opening }</p> }
        }
        Own::Refused(refusal) => {
            html! { <p class="notice" role="alert" data-testid="own-refused">{ why(locale, refusal) }</p> }
        }
        Own::None | Own::Open(_) => Html::default(),
    }
}

fn known(locale: Locale, facts: &Rc<OwnFacts>) -> Html {
    let OwnView { model, about, without_heatmap, .. } = OwnView::of(facts, None, locale.texts);
    html! {
        <div data-testid="own-open" lang="und">
            { for about.into_iter().map(|said| html! { <p>{ said }</p> }) }
            if let Some(Untranslated { text, reason }) = without_heatmap {
                <p>{ text }{ " " }<small lang="en">{ reason }</small></p>
            }
            <p><small>{ model }</small></p>
        </div>
    }
}

fn why(locale: Locale, refusal: &OwnRefusal) -> Html {
    let texts = &locale.texts.own;
    match refusal {
        OwnRefusal::Absent => html! { &texts.absent },
        OwnRefusal::Stopped => html! { &texts.stopped },
        OwnRefusal::Because(reason) => html! { <>{ &texts.refused }{ " " }<small lang="en">{ reason }</small></> },
    }
}
