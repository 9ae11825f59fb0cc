use lungfield_presenter::{Verdict, interpolate};
use yew::prelude::*;

use super::locale::{Locale, use_locale};
use crate::ui::state::{Ending, Film, Progress};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub films: Vec<Film>,
    /// The film that is shown.
    pub shown: Option<Film>,
}

/// Tells a screen reader how the films stand: of one film its answer, of several how many ended how, and the answer of the one
/// that is shown.
#[component]
pub(in crate::ui) fn Announcer(props: &Props) -> Html {
    let locale = use_locale();
    let shown = props.shown.as_ref().filter(|_| props.films.len() > 1).map(|film| answer(locale, film));
    html! {
        <>
            <p class="unseen" role="status">{ shown }</p>
            <p class="unseen" role="status" data-testid="announcer">{ status_text(locale, &props.films) }</p>
        </>
    }
}

fn status_text(locale: Locale, films: &[Film]) -> String {
    let texts = &locale.texts.announcements;
    match films {
        [] => String::new(),
        _ if Ending::Pending.count(films) > 0 => films
            .iter()
            .find(|film| matches!(film.progress, Progress::Reading(_)))
            .map_or_else(String::new, |film| interpolate(&texts.reading, &[("name", &film.name)])),
        [film] => answer(locale, film),
        _ => {
            let counts = [
                ("likely", Ending::Likely),
                ("uncertain", Ending::Uncertain),
                ("unlikely", Ending::Unlikely),
                ("withheld", Ending::Withheld),
                ("not_read", Ending::NotRead),
            ];
            let counts = counts.map(|(place, ending)| (place, locale.number(ending.count(films) as f64, 0)));
            interpolate(&texts.several, &counts.each_ref().map(|(place, count)| (*place, count.as_str())))
        }
    }
}

fn answer(locale: Locale, film: &Film) -> String {
    let (texts, name) = (locale.texts, ("name", &*film.name));
    match film.verdict() {
        None => String::new(),
        Some(Verdict::Later) => interpolate(&texts.announcements.later, &[name, ("title", &texts.first.title)]),
        Some(Verdict::Withheld) => {
            interpolate(&texts.announcements.withheld, &[name, ("withheld", &texts.withheld.name)])
        }
        Some(Verdict::Unanswered(kind)) => {
            let reason = texts.reason(kind);
            interpolate(&texts.announcements.no_answer, &[name, ("what", &reason.what), ("do", &reason.r#do)])
        }
        Some(Verdict::Answered { outcome, probability, revealed }) => {
            let outcome = ("outcome", &*texts.outcome(outcome).name);
            if revealed {
                return interpolate(&texts.announcements.revealed, &[name, outcome, ("shown", &texts.withheld.shown)]);
            }
            let probability = locale.probability(probability.value());
            interpolate(&texts.announcements.answer, &[name, outcome, ("probability", &probability)])
        }
    }
}
