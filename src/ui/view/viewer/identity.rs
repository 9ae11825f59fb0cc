use std::rc::Rc;

use lungfield_contract::FilmHeader;
use lungfield_presenter::identity::{Identity, bytes, edges, encoding, keyword};
use yew::prelude::*;

use crate::{
    platform::decoded,
    ui::view::{icon, locale::use_locale},
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub header: Rc<FilmHeader>,
    /// Quarter turns clockwise that the film lay in its file, and that it is turned on the screen.
    pub lay: u8,
    pub turned: u8,
    /// The user wants to see it.
    pub shown: bool,
    pub set_shown: Callback<bool>,
}

/// Whose film it is, over its edges; gone with one tap.
#[component]
pub(super) fn WhoseFilm(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.viewer;
    let whose = use_memo(props.header.clone(), |header| Identity::read(header, decoded));
    if whose.is_empty() {
        return Html::default();
    }
    let shown = props.shown;
    let (name, class) =
        if shown { (&texts.hide_identity, "identity") } else { (&texts.show_identity, "on-film identity-hidden") };
    let toggle = props.set_shown.reform(move |_: MouseEvent| !shown);
    let age = whose.age.map(|age| locale.texts.age(age));
    let line = |parts: &[&Option<String>]| {
        let parts: Vec<&str> = parts.iter().filter_map(|part| part.as_deref()).collect();
        html! { <span>{ parts.join(" · ") }</span> }
    };
    html! {
        <>
            <button type="button" {class} data-testid="identity" onclick={toggle}>
                if shown {
                    <span class="patient">{ line(&[&whose.name]) }{ line(&[&whose.id]) }{ line(&[&whose.sex, &age]) }</span>
                    <span class="taken">{ line(&[&whose.date]) }{ line(&[&whose.view, &whose.laterality]) }</span>
                } else {
                    { icon::person() }
                }
                <span class="unseen">{ name }</span>
            </button>
            if let Some(letters) = edges(&props.header, props.lay, props.turned) {
                { for letters.into_iter().zip(["top", "right", "bottom", "left"]).filter(|(letter, _)| matches!(letter, 'L' | 'R')).map(|(letter, edge)| html! {
                    <span class={classes!("side", edge)} data-testid="side">{ letter }</span>
                }) }
            }
        </>
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::ui::view) struct TagsProps {
    pub header: Rc<FilmHeader>,
}

/// All that the header says.
#[component]
pub(in crate::ui::view) fn Tags(props: &TagsProps) -> Html {
    let texts = &use_locale().texts.viewer;
    let encoding = encoding(&props.header);
    let row = |element: &lungfield_contract::HeaderElement| {
        let value = match &element.value {
            Some(value) => decoded(encoding, &bytes(value)),
            None => format!("({})", element.length),
        };
        let tag = format!("{:04X},{:04X}", element.tag >> 16, element.tag & 0xFFFF);
        html! { <tr><td><code>{ tag }</code>{ " " }{ keyword(element.tag) }</td><td>{ value }</td></tr> }
    };
    html! {
        <div class="tags" data-testid="tags">
            <p>{ &texts.tags_shown }</p>
            <table><tbody>{ for props.header.elements().iter().map(row) }</tbody></table>
        </div>
    }
}
