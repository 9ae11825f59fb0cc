use lungfield_contract::Outcome;
use yew::prelude::*;

/// A drawing of 24 by 24, in the colour of the text around it. The words beside it say what it means.
fn icon(class: &'static str, drawing: Html) -> Html {
    html! {
        <svg class={classes!("icon", class)} viewBox="0 0 24 24" aria-hidden="true" focusable="false">{ drawing }</svg>
    }
}

/// An outcome's shape: never told by colour alone.
pub(super) fn outcome(outcome: Outcome) -> Html {
    match outcome {
        Outcome::Likely => icon(
            "outcome-likely",
            html! {
                <>
                    <path class="filled" d="M12 2.8 22.6 21.2H1.4Z" />
                    <path class="cut" d="M12 9.5v5.4M12 17.7v.6" />
                </>
            },
        ),
        Outcome::Uncertain => icon(
            "outcome-uncertain",
            html! {
                <>
                    <path class="line" d="M12 2.4 21.6 12 12 21.6 2.4 12Z" />
                    <path class="filled" d="M12 2.4 21.6 12 12 21.6Z" />
                </>
            },
        ),
        Outcome::Unlikely => icon(
            "outcome-unlikely",
            html! {
                <>
                    <circle class="line" cx="12" cy="12" r="9" />
                    <path class="line" d="M7.5 12h9" />
                </>
            },
        ),
    }
}

/// A film without an answer.
pub(super) fn not_read() -> Html {
    icon("outcome-none", html! { <path class="line" d="M5 5l14 14M19 5 5 19" /> })
}

/// An answer that is withheld.
pub(super) fn withheld() -> Html {
    icon(
        "outcome-none",
        html! {
            <>
                <circle class="line" cx="12" cy="12" r="9" />
                <path class="line" d="M9.5 8.5v7M14.5 8.5v7" />
            </>
        },
    )
}

/// A film that waits or is being read.
pub(super) fn pending() -> Html {
    icon(
        "outcome-pending",
        html! {
            <>
                <circle class="filled" cx="5" cy="12" r="1.8" />
                <circle class="filled" cx="12" cy="12" r="1.8" />
                <circle class="filled" cx="19" cy="12" r="1.8" />
            </>
        },
    )
}

/// Adding a file.
pub(super) fn add() -> Html {
    icon("", html! { <path class="line" d="M12 4v16M4 12h16" /> })
}

/// Taking a photo.
pub(super) fn camera() -> Html {
    icon(
        "",
        html! {
            <>
                <path class="line" d="M3.5 8h4l1.6-2.5h5.8L16.5 8h4v11h-17Z" />
                <circle class="line" cx="12" cy="13.2" r="3.4" />
            </>
        },
    )
}

/// Choosing a folder.
pub(super) fn folder() -> Html {
    icon("", html! { <path class="line" d="M3.5 19V5.5h6l2 2.5h9v11Z" /> })
}

/// Removing a film.
pub(super) fn cross() -> Html {
    icon("", html! { <path class="line" d="M6.5 6.5 17.5 17.5M17.5 6.5 6.5 17.5" /> })
}

/// An arrowhead, drawn along `path`.
pub(super) fn chevron(path: &'static str) -> Html {
    icon("", html! { <path class="line" d={path} /> })
}

/// Lungfield's mark, as in `www/icons/icon.svg`.
pub(super) fn mark() -> Html {
    html! { <img class="mark" src="icons/icon.svg" alt="" width="32" height="32" /> }
}
