use std::rc::Rc;

use lungfield_contract::Manifest;
use lungfield_presenter::measures::HowGood as Words;
use yew::prelude::*;

use super::locale::use_locale;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub manifest: Rc<Manifest>,
    /// The answer is given at a site's own thresholds.
    pub at_site: bool,
}

/// What was measured of the answers, as people say it: of a hundred children.
#[component]
pub(super) fn HowGood(props: &Props) -> Html {
    let words = Words::of(&props.manifest, props.at_site, use_locale().texts);
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
            { for words.not_independent.into_iter().chain(words.at_site).map(|said| html! { <p>{ said }</p> }) }
            { for words.measured.into_iter().map(of_a_hundred) }
            <p>{ words.elsewhere }</p>
        </>
    }
}
