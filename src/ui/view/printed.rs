use std::rc::Rc;

use gloo::{events::EventListener, utils::window};
use lungfield_contract::Manifest;
use yew::prelude::*;

use super::locale::use_locale;

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    /// The film's name.
    pub name: Rc<str>,
    pub manifest: Option<Rc<Manifest>>,
}

/// What stands below a film on paper alone: when, which film, which model, and what it is for.
#[component]
pub(in crate::ui) fn Printed(props: &Props) -> Html {
    let locale = use_locale();
    let now = use_state(|| locale.now());
    {
        let now = now.setter();
        use_effect_with(locale, move |locale| {
            let locale = *locale;
            let listener = EventListener::new(&window(), "beforeprint", move |_| now.set(locale.now()));
            move || drop(listener)
        });
    }
    html! {
        <footer class="printed">
            <p>{ &*now }</p>
            <p>{ &*props.name }</p>
            if let Some(manifest) = &props.manifest {
                <p>{ format!("{} {}", manifest.name, manifest.version) }</p>
            }
            <p>{ &locale.texts.start.statement }</p>
        </footer>
    }
}
