use std::{collections::HashMap, rc::Rc};

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::locale::{Locale, use_locale};
use crate::platform::{self, Language};

/// The languages, and the one that the page is in.
#[derive(Clone, PartialEq)]
pub(in crate::ui) struct Languages {
    pub locale: Locale,
    all: Rc<Vec<Language>>,
    choose: Callback<Language>,
    /// The one that was chosen last could not be had.
    failed: bool,
}

/// The language that the start script has chosen, until the user chooses another, which is fetched then.
#[hook]
pub(in crate::ui) fn use_languages() -> Languages {
    let first = use_memo((), |()| {
        let (all, [tag, json]) = platform::languages().expect("the start script has chosen a language");
        (Rc::new(all), Locale::from_json(&tag, &json).expect("a locale file has all texts"))
    });
    let (all, first) = (first.0.clone(), first.1);
    let known = use_mut_ref(|| HashMap::from([(first.tag.to_owned(), first)]));
    let locale = use_state_eq(|| first);
    let failed = use_state_eq(|| false);
    use_effect_with(locale.tag, |tag| platform::set_language(tag));
    let choose = {
        let (locale, failed) = (locale.setter(), failed.setter());
        use_callback((), move |chosen: Language, ()| {
            let (known, locale, failed) = (known.clone(), locale.clone(), failed.clone());
            spawn_local(async move {
                let kept = known.borrow().get(&chosen.tag).copied();
                let found = match kept {
                    Some(locale) => Some(locale),
                    None => {
                        let json = platform::fetch_locale(&chosen).await.ok();
                        json.and_then(|json| Locale::from_json(&chosen.tag, &json))
                    }
                };
                failed.set(found.is_none());
                if let Some(found) = found {
                    known.borrow_mut().insert(chosen.tag.clone(), found);
                    platform::Setting::Language.keep(&chosen.tag);
                    locale.set(found);
                }
            });
        })
    };
    Languages { locale: *locale, all, choose, failed: *failed }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub languages: Languages,
}

/// The choice of a language, each by what it calls itself.
#[component]
pub(super) fn LanguageChoice(props: &Props) -> Html {
    let locale = use_locale();
    let Languages { all, choose, .. } = &props.languages;
    let place = use_node_ref();
    use_effect_with((place.clone(), locale.tag), |(place, tag)| show_chosen(place, tag));
    let change = {
        let (all, choose, place, shown) = (all.clone(), choose.clone(), place.clone(), locale.tag);
        Callback::from(move |event: Event| {
            let tag = event.target_unchecked_into::<HtmlSelectElement>().value();
            // Until the other is there, which it may never be.
            show_chosen(&place, shown);
            if let Some(language) = all.iter().find(|language| language.tag == tag) {
                choose.emit(language.clone());
            }
        })
    };
    let option = |language: &Language| {
        html! {
            <option lang={language.tag.clone()} value={language.tag.clone()} selected={language.tag == locale.tag}>
                { &language.name }
            </option>
        }
    };
    html! {
        <select ref={place} class="languages" aria-label={locale.texts.language.choose.as_str()} data-testid="language" onchange={change}>
            { for all.iter().map(option) }
        </select>
    }
}

fn show_chosen(select: &NodeRef, tag: &str) {
    if let Some(select) = select.cast::<HtmlSelectElement>() {
        select.set_value(tag);
    }
}

/// What is to be known of the language that the page is in: that a machine has made it, or that another could not be had.
pub(super) fn language_notes(locale: Locale, languages: &Languages) -> Html {
    let texts = &locale.texts.language;
    html! {
        <>
            if languages.failed {
                <p class="notice" role="alert">{ &texts.unavailable }</p>
            }
            if let Some(machine_made) = &texts.machine_made {
                <p class="machine-made" data-testid="machine-made">
                    { &machine_made.own }{ " " }<span lang="en">{ &machine_made.english }</span>
                </p>
            }
        </>
    }
}
