use lungfield_presenter::{Flawed, QualityView};
use yew::prelude::*;

/// How good the film is to read, and what it lacks, each with what was measured.
pub(super) fn quality(found: &QualityView) -> Html {
    let flaw = |flaw: &Flawed| html! { <li>{ &flaw.text }{ " " }<small>{ &flaw.measured }</small></li> };
    html! {
        <div class={classes!("quality", (!found.is_adequate).then_some("flawed"))} data-testid="quality">
            <p><strong>{ &found.title }{ ": " }{ &found.grade }</strong></p>
            if !found.flaws.is_empty() {
                <ul>{ for found.flaws.iter().map(flaw) }</ul>
            }
        </div>
    }
}
