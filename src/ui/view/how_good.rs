use std::rc::Rc;

use lungfield_contract::Manifest;
use lungfield_presenter::measures::HowGood as Words;
use yew::prelude::*;

use super::locale::use_locale;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub manifest: Rc<Manifest>,
}

/// What was measured of the answers, as people say it: of a hundred children.
#[component]
pub(super) fn HowGood(props: &Props) -> Html {
    let words = Words::of(&props.manifest, use_locale().texts);
    let of_a_hundred = |one: lungfield_presenter::measures::OfAHundred| {
        html! {
            <>
                <ul>
                    <li>{ one.finds }</li>
                    <li>{ one.alarms }</li>
                </ul>
                <p><small>{ one.films }</small></p>
            </>
        }
    };
    html! {
        <>
            if let Some(not_independent) = words.not_independent {
                <p>{ not_independent }</p>
            }
            { for words.measured.into_iter().map(of_a_hundred) }
            <p>{ words.elsewhere }</p>
        </>
    }
}
