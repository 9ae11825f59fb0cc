use gloo::timers::callback::Timeout;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub children: Children,
}

/// What is not looked at first: drawn when all else has been.
#[component]
pub(super) fn Later(props: &Props) -> Html {
    let settled = use_state_eq(|| false);
    let set = settled.setter();
    use_effect_with((), move |()| {
        let later = Timeout::new(0, move || set.set(true));
        move || drop(later)
    });
    html! {
        if *settled {
            { props.children.clone() }
        }
    }
}
