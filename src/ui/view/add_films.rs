use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{icon, locale::use_locale};
use crate::{
    bridge::NamedFile,
    platform::{can_choose_folders, chosen_files, chosen_folder},
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    /// Beside films that are there already.
    pub compact: bool,
    /// Files are being dragged over the page.
    pub hovering: bool,
    pub add: Callback<Vec<NamedFile>>,
}

/// Where films come in: chosen, with their folder, photographed, or dropped.
#[component]
pub(in crate::ui) fn AddFilms(props: &Props) -> Html {
    let texts = &use_locale().texts.add;
    let has_folders = use_memo((), |()| can_choose_folders());
    let change = |files: fn(&HtmlInputElement) -> Vec<NamedFile>| {
        let add = props.add.clone();
        Callback::from(move |event: Event| {
            let files = files(&event.target_unchecked_into::<HtmlInputElement>());
            if !files.is_empty() {
                add.emit(files);
            }
        })
    };
    let change_files = change(chosen_files);
    let class = classes!("add", props.compact.then_some("compact"), props.hovering.then_some("hovering"));
    html! {
        <section {class} data-testid="drop" aria-label={texts.title.as_str()}>
            <div class="buttons">
                <label class="button primary">
                    <input type="file" class="unseen" multiple=true
                        accept="image/png,image/jpeg,application/dicom,.dcm,.dicom,.ima,application/zip,.zip" data-testid="file-input"
                        onchange={change_files.clone()} />
                    { icon::add() }
                    <span>{ if props.compact { &texts.next } else { &texts.choose } }</span>
                </label>
                <label class="button camera">
                    <input type="file" class="unseen" accept="image/*" capture="environment"
                        data-testid="camera-input" onchange={change_files} />
                    { icon::camera() }
                    <span>{ &texts.photo }</span>
                </label>
                if *has_folders {
                    <label class="button folder">
                        <input type="file" class="unseen" webkitdirectory=true data-testid="folder-input"
                            onchange={change(chosen_folder)} />
                        { icon::folder() }
                        <span>{ &texts.folder }</span>
                    </label>
                }
            </div>
            <p class="hint">{ if props.hovering { &texts.release } else { &texts.drop } }</p>
            <p class="formats">{ &texts.formats }</p>
        </section>
    }
}
