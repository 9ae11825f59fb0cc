use std::rc::Rc;

use lungfield_contract::Manifest;
use lungfield_history::Case;
use lungfield_presenter::{Asked, Verdict, View, interpolate};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{answer::AnswerCard, canvas::GreyCanvas, locale::use_locale, sign, withheld::said};
use crate::{
    bridge::{Listed, Picture, Samples, ToHistory},
    platform,
    ui::history::Wish,
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub listed: Listed,
    pub case: Rc<Case>,
    /// The contract of the model that is here, which may be another than the case's.
    pub manifest: Option<Rc<Manifest>>,
    pub ask: Callback<Wish>,
}

/// A case as it was: the small picture, what was said, by which model, and to whom.
#[component]
pub(super) fn CaseView(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.history;
    let Case { reading, marks, thumbnail } = &*props.case;
    let own = props.manifest.as_deref().filter(|manifest| manifest.sha256 == reading.model.sha256);
    let asked = Asked::of(*marks, reading.restated.map(|restated| restated.prevalence));
    let view = Rc::new(View::of(reading, own, locale.texts, asked));
    let is_answered = matches!(Verdict::of(reading, asked), Verdict::Answered { .. });
    let picture = use_memo((), |()| {
        let thumbnail = thumbnail.as_ref()?;
        Picture::new(thumbnail.width, thumbnail.height, Samples::Eight(thumbnail.grey.clone())).map(Rc::new)
    });
    let sure = use_state_eq(|| false);
    let case = props.listed.case;
    let remove = {
        let (ask, sure) = (props.ask.clone(), sure.clone());
        Callback::from(move |_: MouseEvent| {
            if *sure {
                ask.emit(Wish::ask(ToHistory::Remove(vec![case])));
            }
            sure.set(!*sure);
        })
    };
    let close = props.ask.reform(|_: MouseEvent| Wish::Close);
    let text = view.plain(reading, locale.texts);
    let copied = use_state_eq(|| false);
    let copy = {
        let copied = copied.setter();
        move |_: MouseEvent| {
            let (text, copied) = (text.clone(), copied.clone());
            spawn_local(async move { copied.set(platform::copy(&text).await) });
        }
    };
    let kept = [("at", locale.time(&props.listed.brief.at)), ("who", props.listed.brief.who.clone())];
    let model = &reading.model;
    html! {
        <article class="kept-case" data-testid="history-open-case">
            <h3>{ &reading.file }</h3>
            <p>{ interpolate(&texts.kept, &kept.each_ref().map(|(name, value)| (*name, &**value))) }</p>
            if let Some(picture) = &*picture {
                <GreyCanvas picture={picture.clone()} />
            }
            if is_answered {
                <AnswerCard view={view.clone()} />
            } else {
                <h4 class="outcome">{ sign::shape(view.sign) }<span>{ &view.headline }</span></h4>
            }
            { said(&view) }
            { for view.seen_first.iter().map(|seen| html! { <p>{ seen }</p> }) }
            <ul>{ for view.warnings.iter().map(|warning| html! { <li>{ warning }</li> }) }</ul>
            <p><small>{ format!("{} {} · {}", model.name, model.version, model.sha256) }</small></p>
            if *copied {
                <p role="status">{ &locale.texts.take.copied }</p>
            }
            if *sure {
                <p role="alert">{ &texts.remove_sure }</p>
            }
            <p class="buttons">
                <button type="button" class="button" data-testid="history-close" onclick={close}>{ &texts.close }</button>
                <button type="button" class="button" data-testid="history-copy" onclick={copy}>{ &locale.texts.take.copy }</button>
                <button type="button" class="button" data-testid="history-remove" onclick={remove}>{ &texts.remove }</button>
            </p>
        </article>
    }
}
