use lungfield_presenter::Sign;
use yew::prelude::*;

use super::icon;

/// A sign's name in styles and data attributes.
pub(super) fn class(sign: Sign) -> &'static str {
    match sign {
        Sign::Likely => "likely",
        Sign::Uncertain => "uncertain",
        Sign::Unlikely => "unlikely",
        Sign::Later => "later",
        Sign::Withheld => "held-back",
        Sign::NoAnswer => "no-answer",
    }
}

/// A sign's shape: never told by colour alone.
pub(super) fn shape(sign: Sign) -> Html {
    match sign {
        Sign::Likely => icon::likely(),
        Sign::Uncertain => icon::uncertain(),
        Sign::Unlikely => icon::unlikely(),
        Sign::Later => icon::later(),
        Sign::Withheld => icon::withheld(),
        Sign::NoAnswer => icon::not_read(),
    }
}
