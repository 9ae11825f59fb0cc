use gloo::timers::callback::Timeout;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub children: Children,
}

/// What is not looked at first: drawn after everything else.
#[component]
pub(super) fn Deferred(props: &Props) -> Html {
    let due = use_state_eq(|| false);
    let set = due.setter();
    use_effect_with((), move |()| {
        let timer = Timeout::new(0, move || set.set(true));
        move || drop(timer)
    });
    html! {
        if *due {
            { props.children.clone() }
        }
    }
}
