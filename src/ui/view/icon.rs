use yew::prelude::*;

/// A drawing of 24 by 24, in the colour of the text around it. The words beside it say what it means.
fn icon(class: &'static str, drawing: Html) -> Html {
    html! {
        <svg class={classes!("icon", class)} viewBox="0 0 24 24" aria-hidden="true" focusable="false">{ drawing }</svg>
    }
}

/// Pneumonia likely.
pub(super) fn likely() -> Html {
    icon(
        "outcome-likely",
        html! {
            <>
                <path class="filled" d="M12 2.8 22.6 21.2H1.4Z" />
                <path class="cut" d="M12 9.5v5.4M12 17.7v.6" />
            </>
        },
    )
}

/// Uncertain.
pub(super) fn uncertain() -> Html {
    icon(
        "outcome-uncertain",
        html! {
            <>
                <path class="line" d="M12 2.4 21.6 12 12 21.6 2.4 12Z" />
                <path class="filled" d="M12 2.4 21.6 12 12 21.6Z" />
            </>
        },
    )
}

/// Pneumonia unlikely.
pub(super) fn unlikely() -> Html {
    icon(
        "outcome-unlikely",
        html! {
            <>
                <circle class="line" cx="12" cy="12" r="9" />
                <path class="line" d="M7.5 12h9" />
            </>
        },
    )
}

/// A film without an answer.
pub(super) fn not_read() -> Html {
    icon("outcome-none", html! { <path class="line" d="M5 5l14 14M19 5 5 19" /> })
}

/// An answer that waits until the user has said what she sees: an eye.
pub(super) fn later() -> Html {
    icon(
        "outcome-none",
        html! {
            <>
                <path class="line" d="M1.8 12C5 6.6 8.4 5 12 5s7 1.6 10.2 7C19 17.4 15.6 19 12 19s-7-1.6-10.2-7Z" />
                <circle class="line" cx="12" cy="12" r="3" />
            </>
        },
    )
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

/// Smaller, or less.
pub(super) fn minus() -> Html {
    icon("", html! { <path class="line" d="M4 12h16" /> })
}

/// As large as fits.
pub(super) fn fit() -> Html {
    icon("", html! { <path class="line" d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" /> })
}

/// A quarter turn to the left.
pub(super) fn turn_left() -> Html {
    icon("", html! { <path class="line" d="M4 5v5h5M4.6 10a8 8 0 1 1-.3 4.5" /> })
}

/// A quarter turn to the right.
pub(super) fn turn_right() -> Html {
    icon("", html! { <path class="line" d="M20 5v5h-5M19.4 10a8 8 0 1 0 .3 4.5" /> })
}

/// Black for white.
pub(super) fn invert() -> Html {
    icon(
        "",
        html! {
            <>
                <circle class="line" cx="12" cy="12" r="9" />
                <path class="filled" d="M12 3a9 9 0 0 1 0 18Z" />
            </>
        },
    )
}

/// Brightness and contrast.
pub(super) fn tone() -> Html {
    icon(
        "",
        html! {
            <>
                <circle class="filled" cx="12" cy="12" r="4" />
                <path class="line" d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
            </>
        },
    )
}

/// As it was first.
pub(super) fn reset() -> Html {
    icon("", html! { <path class="line" d="M9 5 4 10l5 5M4 10h10a5.5 5.5 0 0 1 0 11h-3" /> })
}

/// All the room for the film.
pub(super) fn wide() -> Html {
    icon("", html! { <path class="line" d="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7" /> })
}

/// Who it is.
pub(super) fn person() -> Html {
    icon(
        "",
        html! {
            <>
                <circle class="line" cx="12" cy="8" r="4" />
                <path class="line" d="M4 20.5a8 8 0 0 1 16 0" />
            </>
        },
    )
}

/// A length.
pub(super) fn length() -> Html {
    icon("", html! { <path class="line" d="M4 20 20 4M2 18l4 4M18 2l4 4M9 11l2 2M12.5 7.5l2 2" /> })
}

/// An angle.
pub(super) fn angle() -> Html {
    icon("", html! { <path class="line" d="M20 4 4 20h17M13 11a12 12 0 0 1 3.5 9" /> })
}

/// The heart's width by the chest's.
pub(super) fn ratio() -> Html {
    icon("", html! { <path class="line" d="M8 8h9M8 5.5v5M17 5.5v5M3 16h18M3 13.5v5M21 13.5v5" /> })
}

/// Tools.
pub(super) fn tools() -> Html {
    icon(
        "",
        html! {
            <>
                <path class="line" d="M4 7h8M18 7h2M4 17h2M12 17h8" />
                <circle class="line" cx="15" cy="7" r="2.6" />
                <circle class="line" cx="9" cy="17" r="2.6" />
            </>
        },
    )
}

/// Lungfield's mark, as in `www/icons/icon.svg`.
pub(super) fn mark() -> Html {
    html! { <img class="mark" src="icons/icon.svg" alt="" width="32" height="32" /> }
}
