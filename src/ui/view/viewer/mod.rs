//! The film, and what it is looked at with.

mod identity;
mod keys;
mod loupe;
mod measuring;
mod plate;
mod stage;
mod tone_panel;
mod tools;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use lungfield_contract::{Orientation, Rectangle, ReportedHeatmap};
use lungfield_presenter::{Measured, Measurement, Scale};
use yew::prelude::*;

pub(super) use self::identity::Tags;
use self::{identity::WhoseFilm, keys::key_pressed, measuring::Measuring, stage::Stage, tools::Tools};
use super::locale::use_locale;
use crate::{
    bridge::{Detail, FilmId},
    ui::state::{Engine, Film, View, ViewAction},
};

/// So many milliseconds after the view has last changed, detail is asked for.
const SETTLED_MS: u32 = 150;

impl Reducible for View {
    type Action = ViewAction;

    fn reduce(self: Rc<Self>, action: ViewAction) -> Rc<Self> {
        Rc::new(View::reduce(*self, action))
    }
}

/// What one pointer does on the film.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Tool {
    /// Moves it.
    #[default]
    Move,
    /// Changes its brightness and contrast.
    Tone,
    /// Puts the points of a measurement.
    Measure(Measured),
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub film: Film,
    /// The maps to draw over it.
    pub maps: Vec<Rc<ReportedHeatmap>>,
    /// The lungs' outline is to be drawn.
    pub outlined: bool,
    pub engine: Engine,
    /// A finger has swept over it, to the film so many places on.
    pub step: Callback<isize>,
    /// The part of it that has come with its detail, and asks for one with so many pixels across and down.
    pub detail: Option<Rc<Detail>>,
    pub look: Callback<(FilmId, Rectangle, [u32; 2])>,
    /// The film has all the room.
    pub wide: bool,
    pub set_wide: Callback<bool>,
    /// What lies on the film to be pressed.
    pub children: Children,
}

/// The film on its stage, with the tools to look at it.
#[component]
pub(super) fn Viewer(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.viewer;
    let view = use_reducer_eq(View::default);
    let tool = use_state_eq(Tool::default);
    let open = use_state_eq(|| false);
    let alone = use_state_eq(|| false);
    let measurement = use_state_eq(|| None::<Measurement>);
    let chosen = use_state_eq(|| 0);
    let identity_shown = use_state_eq(|| true);
    let stage = use_node_ref();
    let answer = props.film.answer();
    let picture = answer.and_then(|answer| answer.picture.as_ref());
    let preview = picture.map(|film| (film.width(), film.height()));
    let size = preview.map(|preview| answer.and_then(|answer| answer.size).unwrap_or(preview));
    {
        let (view, tool, measurement) = (view.dispatcher(), tool.setter(), measurement.setter());
        use_effect_with((props.film.id, size), move |(_, size)| {
            if let Some((width, height)) = *size {
                view.dispatch(ViewAction::Show([width, height]));
                tool.set(Tool::Move);
                measurement.set(None);
            }
        });
    }
    let wanted = preview.and_then(|(width, _)| view.wanted_detail(width));
    {
        let look = props.look.clone();
        // Read again, between other corners say, it is another film to be looked at.
        let read = picture.map(Rc::as_ptr);
        // Nor does it come while the tone changes: laying it over the film takes longer than a frame.
        use_effect_with((props.film.id, read, wanted, view.tone), move |(film, _, wanted, _)| {
            let (film, wanted) = (*film, *wanted);
            let asked = wanted.map(|(part, most)| Timeout::new(SETTLED_MS, move || look.emit((film, part, most))));
            move || drop(asked)
        });
    }
    let header = answer.and_then(|answer| answer.header.clone());
    let gate = props.film.reading().and_then(|reading| reading.gate.as_ref());
    let lay = gate.map_or(Orientation::UPRIGHT, |gate| gate.orientation);
    let dispatcher = view.dispatcher();
    let change = use_callback((), move |action, ()| dispatcher.dispatch(action));
    // What is drawn for every frame of a drag must not be drawn with it: of the view these know the latest.
    let latest = use_mut_ref(View::default);
    *latest.borrow_mut() = *view;
    let setters = (tool.setter(), measurement.setter(), chosen.setter());
    let set_tool = use_callback((*tool, props.film.clone()), move |wanted, (now, film): &(Tool, Film)| {
        let (tool, measurement, chosen) = &setters;
        let next = if *now == wanted { Tool::Move } else { wanted };
        let lungs = film.reading().and_then(|reading| reading.lungs.as_ref());
        measurement.set(match next {
            Tool::Measure(measured) => Some(Measurement::begin(measured, latest.borrow().seen(), lungs)),
            _ => None,
        });
        chosen.set(0);
        tool.set(next);
    });
    let set_measurement = {
        let measurement = measurement.clone();
        Callback::from(move |next| measurement.set(Some(next)))
    };
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |nth| chosen.set(nth))
    };
    let tap = {
        let (measurement, chosen) = (measurement.clone(), *chosen);
        Callback::from(move |place| {
            if let Some(now) = &*measurement {
                measurement.set(Some(now.clone().with_point(chosen, place)));
            }
        })
    };
    let shown = identity_shown.setter();
    let set_identity_shown = use_callback((), move |on, ()| shown.set(on));
    let onkeydown = {
        let (view, tool, alone, change, set_tool) = (*view, *tool, alone.clone(), change.clone(), set_tool.clone());
        Callback::from(move |event: KeyboardEvent| key_pressed(&event, view, tool, &change, &set_tool, &alone))
    };
    let onkeyup = {
        let alone = alone.clone();
        Callback::from(move |event: KeyboardEvent| alone.set(*alone && event.key() != "o"))
    };
    let onfocusout = {
        let alone = alone.clone();
        Callback::from(move |_: FocusEvent| alone.set(false))
    };
    let toggle = {
        let (open, tool, measurement) = (open.clone(), tool.clone(), measurement.clone());
        Callback::from(move |_: MouseEvent| {
            open.set(!*open);
            tool.set(Tool::Move);
            measurement.set(None);
        })
    };
    html! {
        <div class={classes!("viewing", open.then_some("open"))} {onkeydown} {onkeyup} {onfocusout}>
            if size.is_some() {
                <Tools magnification={(view.magnification() * 100.0).round() / 100.0} is_enlarged={view.is_enlarged()} tone={view.tone} change={change.clone()} tool={*tool} set_tool={set_tool.clone()} wide={props.wide} set_wide={props.set_wide.clone()}
                    header={header.clone()} inverted={lay.inverted} shown={props.detail.as_ref().and_then(|detail| detail.shown)}>
                    if let Some(measurement) = &*measurement {
                        <div class="tool-row measured">
                            <output data-testid="measured">{ measurement.said(view.film(), header.as_ref().and_then(|header| Scale::read(header)), locale.texts) }</output>
                        </div>
                    }
                </Tools>
            }
            <Stage film={props.film.clone()} maps={props.maps.clone()} outlined={props.outlined} engine={props.engine.clone()}
                step={props.step.clone()} view={*view} {change} tool={*tool} alone={*alone} detail={props.detail.clone().filter(|_| wanted.is_some())} stage={stage.clone()} {tap}>
                if let Some(measurement) = &*measurement {
                    <Measuring measurement={measurement.clone()} view={*view} {stage} set={set_measurement} {choose} />
                }
                if let Some(header) = header {
                    <WhoseFilm {header} lay={lay.quarter_turns} turned={view.quarter_turns()} shown={*identity_shown} set_shown={set_identity_shown} />
                }
                <button type="button" class="on-film more-tools" aria-expanded={open.to_string()} data-testid="more-tools" onclick={toggle}>
                    { super::icon::tools() }<span class="unseen">{ &texts.tools }</span>
                </button>
                { props.children.clone() }
            </Stage>
        </div>
    }
}
