use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::{icon, words::use_words};
use crate::platform::chosen;

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    /// Beside films that are there already.
    pub compact: bool,
    /// Files are being dragged over the page.
    pub hovering: bool,
    pub add: Callback<Vec<File>>,
}

/// Where films come in: chosen, photographed, or dropped.
#[component]
pub(in crate::ui) fn AddFilms(props: &Props) -> Html {
    let texts = &use_words().texts.add;
    let change = {
        let add = props.add.clone();
        Callback::from(move |event: Event| {
            let files = chosen(&event.target_unchecked_into::<HtmlInputElement>());
            if !files.is_empty() {
                add.emit(files);
            }
        })
    };
    let class = classes!("add", props.compact.then_some("compact"), props.hovering.then_some("hovering"));
    html! {
        <section {class} data-testid="drop" aria-label={texts.title.as_str()}>
            <div class="buttons">
                <label class="button primary">
                    <input type="file" class="unseen" multiple=true
                        accept="image/png,image/jpeg,application/dicom,.dcm,.dicom,.ima" data-testid="file-input" onchange={change.clone()} />
                    { icon::add() }
                    <span>{ &texts.choose }</span>
                </label>
                <label class="button camera">
                    <input type="file" class="unseen" accept="image/*" capture="environment"
                        data-testid="camera-input" onchange={change} />
                    { icon::camera() }
                    <span>{ &texts.photo }</span>
                </label>
            </div>
            <p class="hint">{ if props.hovering { &texts.release } else { &texts.drop } }</p>
            <p class="formats">{ &texts.formats }</p>
        </section>
    }
}
