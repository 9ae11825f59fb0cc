use std::{cell::RefCell, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Array;
use lungfield_contract::{Lungs, ReportedHeatmap};
use lungfield_presenter::interpolate;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, ResizeObserver, WheelEvent};
use yew::prelude::*;

use super::{Tool, plate::Plate};
use crate::{
    bridge::Detail,
    ui::{
        state::{Drag, Early, Ended, Engine, Film, Gesture, Progress, View, ViewAction},
        tone::Tone,
        view::{
            canvas::{GreyCanvas, HeatCanvas},
            header::engine_text,
            locale::{Locale, use_locale},
        },
    },
};

/// A turn of the wheel by so many CSS pixels makes the film larger by the base of the natural logarithm.
const WHEEL: f64 = 300.0;
/// A pointer that goes so many CSS pixels moves or widens the window by its whole width.
const TONE: f64 = 300.0;

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
    pub view: View,
    pub change: Callback<ViewAction>,
    pub tool: Tool,
    /// Nothing is to be drawn over it.
    pub alone: bool,
    /// The part of the film that has come with its detail, if that is to be seen.
    pub detail: Option<Rc<Detail>>,
    /// The stage itself.
    pub stage: NodeRef,
    /// The film was tapped at this place of it.
    pub tap: Callback<[f64; 2]>,
    /// What lies on the film to be pressed.
    pub children: Children,
}

/// The film on a dark ground. Held, it is seen alone; swept aside, its neighbour comes.
#[component]
pub(super) fn Stage(props: &Props) -> Html {
    let locale = use_locale();
    let stage = props.stage.clone();
    let held = use_state_eq(|| false);
    let surface = use_node_ref();
    let gesture = use_mut_ref(Gesture::default);
    use_size(&stage, &props.change);
    use_wheel(&stage, &props.change);
    let pointers = Pointers {
        stage: stage.clone(),
        gesture,
        held: held.clone(),
        view: props.view,
        tool: props.tool,
        change: props.change.clone(),
        step: props.step.clone(),
        tap: props.tap.clone(),
        surface: surface.clone(),
    };
    let picture = props.film.answer().and_then(|answer| answer.picture.clone());
    let lungs = props.film.reading().and_then(|reading| reading.lungs.as_ref());
    let alone = *held || props.alone;
    let grabs = props.view.is_enlarged() || props.tool != Tool::Move;
    let shown = !props.maps.is_empty() && !alone;
    html! {
        <div ref={stage} class={classes!("stage", grabs.then_some("grabs"))} tabindex={picture.is_some().then_some("0")} role="group"
            aria-label={locale.texts.viewer.stage.clone()} aria-keyshortcuts="+ - = 1 I R L W O Space" data-testid="stage"
            oncontextmenu={|event: MouseEvent| event.prevent_default()}>
            if let Some(picture) = picture {
                <div ref={surface} class="surface" onpointerdown={pointers.on(Pointers::down)} onpointermove={pointers.on(Pointers::moved)}
                    onpointerup={pointers.on(Pointers::up)} onpointercancel={pointers.on(Pointers::cancelled)}>
                    <Plate class="plate" laid={vec![("transform", props.view.transform())]}>
                        <GreyCanvas picture={picture.clone()} label={AttrValue::from(label(locale, props, shown))} tone={props.view.tone} coarse={props.detail.is_none()} testid="film-canvas" />
                        if let Some(detail) = &props.detail {
                            { seen_closely(detail, &props.view) }
                        }
                        if !alone {
                            { for props.maps.iter().map(|map| html! {
                                <HeatCanvas key={format!("{:?}", map.class)} map={map.clone()} film={(picture.width(), picture.height())} lungs={lungs.cloned()} />
                            }) }
                            if let Some(lungs) = lungs.filter(|_| props.outlined) {
                                { outline(lungs, [picture.width(), picture.height()]) }
                            }
                        }
                    </Plate>
                </div>
                { props.children.clone() }
            } else {
                { early(locale, props) }
                <p class="doing"><span class="pulse" aria-hidden="true" />{ progress_text(locale, props) }</p>
            }
        </div>
    }
}

/// What fingers and the mouse do to the film.
#[derive(Clone)]
struct Pointers {
    stage: NodeRef,
    gesture: Rc<RefCell<Gesture>>,
    held: UseStateHandle<bool>,
    view: View,
    tool: Tool,
    change: Callback<ViewAction>,
    step: Callback<isize>,
    tap: Callback<[f64; 2]>,
    surface: NodeRef,
}

impl Pointers {
    fn on(&self, happening: fn(&Self, &PointerEvent)) -> Callback<PointerEvent> {
        let pointers = self.clone();
        Callback::from(move |event: PointerEvent| {
            happening(&pointers, &event);
            let held = pointers.gesture.borrow().is_held();
            pointers.held.set(held);
        })
    }

    fn down(&self, event: &PointerEvent) {
        // A finger that leaves the film goes on with what it does.
        if let Some(surface) = self.surface.cast::<Element>() {
            let _ = surface.set_pointer_capture(event.pointer_id());
        }
        self.gesture.borrow_mut().down(event.pointer_id(), self.place(event));
    }

    fn moved(&self, event: &PointerEvent) {
        let drag = self.gesture.borrow_mut().moved(event.pointer_id(), self.place(event));
        match drag {
            Some(Drag::One([x, y])) if self.tool == Tool::Tone => {
                self.change.emit(ViewAction::ChangeWindow([y / TONE, x / TONE]));
            }
            Some(Drag::One(by)) => self.change.emit(ViewAction::Pan(by)),
            Some(Drag::Two { factor, about, by }) => {
                self.change.emit(ViewAction::Zoom(factor, about));
                self.change.emit(ViewAction::Pan(by));
            }
            None => {}
        }
    }

    fn up(&self, event: &PointerEvent) {
        let ended = self.gesture.borrow_mut().up(event.pointer_id(), self.place(event), event.time_stamp());
        match ended {
            Some(Ended::DoubleTap(at)) => self.change.emit(ViewAction::FitOrOwnPixels(at)),
            Some(Ended::Sweep { rightwards }) => {
                let sweeps = event.pointer_type() == "touch" && self.tool == Tool::Move && !self.view.is_enlarged();
                if sweeps {
                    self.step.emit(if rightwards { -1 } else { 1 });
                }
            }
            Some(Ended::Tap(at)) => self.tap.emit(self.view.to_film(at)),
            None => {}
        }
    }

    fn cancelled(&self, event: &PointerEvent) {
        self.gesture.borrow_mut().cancel(event.pointer_id());
    }

    /// Where it is, from the middle of the stage.
    fn place(&self, event: &PointerEvent) -> [f64; 2] {
        from_middle(&self.stage, [event.client_x(), event.client_y()])
    }
}

/// The film as it came, while it waits.
fn early(locale: Locale, props: &Props) -> Html {
    let label = label(locale, props, false);
    match &props.film.early {
        Some(Early::Address(address)) => html! {
            <img src={address.to_string()} alt={label} data-testid="early-film" />
        },
        Some(Early::Picture(picture)) => html! {
            <GreyCanvas picture={picture.clone()} label={AttrValue::from(label)} testid="early-film" />
        },
        None => Html::default(),
    }
}

/// A part of the film with its detail, over the film.
fn seen_closely(detail: &Detail, view: &View) -> Html {
    let lengths = view.laid(detail.part).map(|length| format!("{length:.3}px"));
    let laid = ["left", "top", "width", "height"].into_iter().zip(lengths).collect::<Vec<_>>();
    let window = view.tone.window.over(detail.shown.unwrap_or([0.5, 1.0]));
    html! {
        <Plate class="detail" {laid}>
            <GreyCanvas picture={detail.picture.clone()} tone={Tone { window, ..view.tone }} testid="detail-canvas" />
        </Plate>
    }
}

/// A place in the window as one on the stage.
pub(super) fn from_middle(stage: &NodeRef, [x, y]: [i32; 2]) -> [f64; 2] {
    let Some(stage) = stage.cast::<Element>() else { return [0.0; 2] };
    let area = stage.get_bounding_client_rect();
    [f64::from(x) - area.left() - area.width() / 2.0, f64::from(y) - area.top() - area.height() / 2.0]
}

/// Tells the view how large the stage is, whenever that changes.
#[hook]
fn use_size(stage: &NodeRef, change: &Callback<ViewAction>) {
    let change = change.clone();
    use_effect_with(stage.clone(), move |stage| {
        let element = stage.cast::<HtmlElement>();
        let measured = element.clone();
        let on_change = Closure::<dyn Fn(Array)>::new(move |_: Array| {
            if let Some(stage) = &measured {
                let size = [stage.client_width(), stage.client_height()].map(f64::from);
                let density = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
                change.emit(ViewAction::Resize(size, density));
            }
        });
        let observer = ResizeObserver::new(on_change.as_ref().unchecked_ref()).ok();
        if let Some((observer, stage)) = observer.as_ref().zip(element) {
            observer.observe(&stage);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(on_change);
        }
    });
}

/// The wheel zooms where Ctrl is held, as a touchpad's pinch says too, or where the film has the focus: else it is the page's.
#[hook]
fn use_wheel(stage: &NodeRef, change: &Callback<ViewAction>) {
    let change = change.clone();
    use_effect_with(stage.clone(), move |stage| {
        let place = stage.clone();
        let listener = stage.cast::<Element>().map(|stage| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&stage, "wheel", options, move |event| {
                let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
                let focused = || place.cast::<Element>().is_some_and(|stage| stage.matches(":focus").unwrap_or(false));
                if event.ctrl_key() || focused() {
                    event.prevent_default();
                    // Lines and pages, as some mice count, are about so many pixels.
                    let pixels = event.delta_y() * [1.0, 33.0, 300.0][event.delta_mode().min(2) as usize];
                    let at = from_middle(&place, [event.client_x(), event.client_y()]);
                    change.emit(ViewAction::Zoom((-pixels / WHEEL).exp(), at));
                }
            })
        });
        move || drop(listener)
    });
}

/// The lungs' outline, over the film in its proportions.
fn outline(lungs: &Lungs, [width, height]: [u32; 2]) -> Html {
    let line = |points: &Vec<[f32; 2]>| {
        let point = |[x, y]: &[f32; 2]| format!("{:.1},{:.1} ", x * width as f32, y * height as f32);
        html! { <polyline points={points.iter().map(point).collect::<String>()} /> }
    };
    html! {
        <svg class="lungs" viewBox={format!("0 0 {width} {height}")} aria-hidden="true" data-testid="lungs">
            { for lungs.outline.iter().map(line) }
        </svg>
    }
}

fn label(locale: Locale, props: &Props, shown: bool) -> String {
    let heat = &locale.texts.heat;
    let text = if shown { &heat.film_with_heat } else { &heat.film };
    interpolate(text, &[("name", &props.film.name)])
}

/// What the film waits for.
fn progress_text(locale: Locale, props: &Props) -> String {
    let texts = locale.texts;
    match (&props.film.progress, &props.engine) {
        (Progress::Waiting, Engine::Ready) => texts.films.waiting.clone(),
        (Progress::Waiting, engine) => engine_text(locale, engine),
        (Progress::Reading(stage), _) => texts.stages.get(stage).cloned().unwrap_or_default(),
        (Progress::Ended(_), _) => texts.films.reading.clone(),
    }
}
