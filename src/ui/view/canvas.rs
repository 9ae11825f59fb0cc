use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use js_sys::Array;
use lungfield_contract::{Class, Lungs, ReportedHeatmap};
use wasm_bindgen::{Clamped, JsCast, JsValue, closure::Closure};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, ImageData, IntersectionObserver, IntersectionObserverEntry,
};
use yew::prelude::*;

use crate::{
    bridge::{Picture, Samples},
    ui::tone::{Table, Tone},
};

/// The long side of the painted heatmap in pixels: the browser enlarges it smoothly.
const HEAT_SIDE: u32 = 384;
/// A film is painted onto its canvas in strips of so many pixels: in colours it would be four times as large as in grey.
const STRIP_PIXELS: usize = 64 * 1024;
/// After so many strips other work has its turn: the page must not stand still.
const STRIPS_PER_CHUNK: usize = 1;
/// So many milliseconds after its tone has last changed, a film is painted with all its pixels.
const SETTLED_MS: u32 = 120;
/// So many pixels are painted for a frame, on a slow phone too.
const COARSE_PIXELS: usize = 100_000;
/// And so many bits of a sample count.
const COARSE_BITS: u32 = 12;

#[derive(PartialEq, Properties)]
pub(super) struct GreyProps {
    pub picture: Rc<Picture>,
    /// What the picture shows; without it, it is hidden from who hears the page.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    #[prop_or_default]
    pub tone: Tone,
    /// While its tone changes it is seen, and no other picture lies over it.
    #[prop_or(true)]
    pub coarse: bool,
    #[prop_or_default]
    pub testid: Option<&'static str>,
}

/// A grey picture at its own size in pixels; styles decide how large it is shown. While its tone changes, a coarse one that can be
/// painted for every frame lies over it.
#[component]
pub(super) fn GreyCanvas(props: &GreyProps) -> Html {
    let canvas = use_node_ref();
    let (width, height) = (props.picture.width(), props.picture.height());
    let painted = use_state_eq(|| props.tone);
    let set_painted = painted.setter();
    let given = (props.picture.clone(), props.tone, canvas.clone());
    let delay = if *painted == props.tone { 0 } else { SETTLED_MS };
    use_effect_with(given, move |(picture, tone, canvas)| {
        let rows = (STRIP_PIXELS / width as usize).max(1);
        let (picture, tone, canvas) = (picture.clone(), *tone, canvas.clone());
        let table = OnceCell::new();
        let drawing = in_chunks(delay, move |chunk| {
            let table = table.get_or_init(|| table_for(&picture, tone, 16));
            let strips = (0..picture.height() as usize).step_by(rows);
            let mut rest = strips.skip(chunk * STRIPS_PER_CHUNK);
            for first in rest.by_ref().take(STRIPS_PER_CHUNK) {
                paint(&canvas, width, first as u32, shaded(&picture, table, first, rows, 1).as_flattened());
            }
            let more = rest.next().is_some();
            if !more {
                set_painted.set(tone);
            }
            more
        });
        move || drop(drawing)
    });
    use_effect_with(canvas.clone(), release_canvas);
    html! {
        <>
            <canvas ref={canvas} width={width.to_string()} height={height.to_string()} role={props.label.is_some().then_some("img")} aria-label={props.label.clone()}
                aria-hidden={props.label.is_none().then_some("true")} data-testid={props.testid} />
            if props.coarse && *painted != props.tone {
                <CoarseCanvas picture={props.picture.clone()} tone={props.tone} />
            }
        </>
    }
}

#[derive(PartialEq, Properties)]
struct CoarseProps {
    picture: Rc<Picture>,
    tone: Tone,
}

/// A grey picture with fewer pixels, painted at once.
#[component]
fn CoarseCanvas(props: &CoarseProps) -> Html {
    let canvas = use_node_ref();
    let (width, height) = (props.picture.width() as usize, props.picture.height() as usize);
    let every = (1..).find(|every| width.div_ceil(*every) * height.div_ceil(*every) <= COARSE_PIXELS).unwrap_or(1);
    let given = (props.picture.clone(), props.tone, canvas.clone());
    use_effect_with(given, move |(picture, tone, canvas)| {
        let pixels = shaded(picture, &table_for(picture, *tone, COARSE_BITS), 0, picture.height() as usize, every);
        paint(canvas, width.div_ceil(every) as u32, 0, pixels.as_flattened());
    });
    use_effect_with(canvas.clone(), release_canvas);
    html! {
        <canvas ref={canvas} width={width.div_ceil(every).to_string()} height={height.div_ceil(every).to_string()} aria-hidden="true" />
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct ThumbnailProps {
    pub picture: Rc<Picture>,
}

/// A small picture of a film, painted while it is on the screen: the canvases of a folder's films take more memory than a film.
#[component]
pub(super) fn Thumbnail(props: &ThumbnailProps) -> Html {
    let canvas = use_node_ref();
    let (width, height) = (props.picture.width(), props.picture.height());
    use_effect_with((props.picture.clone(), canvas.clone()), move |(picture, canvas)| {
        let element = canvas.cast::<HtmlCanvasElement>();
        let (picture, canvas) = (picture.clone(), canvas.clone());
        let on_change = Closure::<dyn Fn(Array)>::new(move |changes: Array| {
            let last = changes.pop().unchecked_into::<IntersectionObserverEntry>();
            let visible = last.is_intersecting();
            set_width(&canvas, if visible { width } else { 0 });
            if visible {
                let pixels = shaded(&picture, &table_for(&picture, Tone::default(), 16), 0, height as usize, 1);
                paint(&canvas, width, 0, pixels.as_flattened());
            }
        });
        let observer = IntersectionObserver::new(on_change.as_ref().unchecked_ref()).ok();
        if let Some((observer, canvas)) = observer.as_ref().zip(element) {
            observer.observe(&canvas);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(on_change);
        }
    });
    use_effect_with(canvas.clone(), release_canvas);
    html! { <canvas ref={canvas} width={width.to_string()} height={height.to_string()} aria-hidden="true" /> }
}

#[derive(PartialEq, Properties)]
pub(super) struct HeatProps {
    pub map: Rc<ReportedHeatmap>,
    /// Width and height of the film below.
    pub film: (u32, u32),
    pub lungs: Option<Lungs>,
}

/// A heatmap with the proportions of its film.
#[component]
pub(super) fn HeatCanvas(props: &HeatProps) -> Html {
    let canvas = use_node_ref();
    let (width, height) = fit(props.film);
    let given = (props.map.clone(), props.lungs.clone(), canvas.clone());
    use_effect_with(given, move |(map, lungs, canvas)| {
        let (map, lungs, canvas) = (map.clone(), lungs.clone(), canvas.clone());
        let drawing = Timeout::new(0, move || {
            paint(&canvas, width, 0, &map.paint(width as usize, height as usize, lungs.as_ref()));
        });
        move || drop(drawing)
    });
    use_effect_with(canvas.clone(), release_canvas);
    html! {
        <canvas ref={canvas} class="heat" width={width.to_string()} height={height.to_string()} aria-hidden="true" data-testid="heat-canvas" />
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct SwatchProps {
    pub class: Class,
}

/// How the strong places of a class look.
#[component]
pub(super) fn SwatchCanvas(props: &SwatchProps) -> Html {
    const SIDES: [u32; 2] = [24, 16];
    let [width, height] = SIDES;
    let canvas = use_node_ref();
    use_effect_with((props.class, canvas.clone()), move |(class, canvas)| {
        paint(canvas, width, 0, &class.swatch(width as usize, height as usize));
    });
    html! { <canvas ref={canvas} class="swatch" width={width.to_string()} height={height.to_string()} aria-hidden="true" /> }
}

fn table_for(picture: &Picture, tone: Tone, most_bits: u32) -> Table {
    tone.table(match picture.samples() {
        Samples::Eight(_) => 8,
        Samples::Sixteen(_) => most_bits,
    })
}

/// The RGBA of so many rows of a picture from one on, of `every` so many samples and rows one.
fn shaded(picture: &Picture, table: &Table, first: usize, rows: usize, every: usize) -> Vec<[u8; 4]> {
    fn chosen<S: Copy>(samples: &[S], width: usize, [first, rows, every]: [usize; 3]) -> impl Iterator<Item = S> {
        let rows = samples[first * width..].chunks(width).take(rows).step_by(every);
        rows.flat_map(move |row| row.iter().step_by(every).copied())
    }
    let (width, part) = (picture.width() as usize, [first, rows, every]);
    match picture.samples() {
        Samples::Eight(samples) => table.paint(chosen(samples, width, part)),
        Samples::Sixteen(samples) => {
            let unseen = 16 - table.bits();
            table.paint(chosen(samples, width, part).map(|luma| luma >> unseen))
        }
    }
}

fn fit((width, height): (u32, u32)) -> (u32, u32) {
    let long = width.max(height);
    let side = |side: u32| (side * HEAT_SIDE).div_ceil(long);
    (side(width), side(height))
}

/// Does `work` chunk by chunk, as long as it returns that there is more, from `delay` milliseconds on and with time for other work
/// before each. It ends when what is returned is dropped.
fn in_chunks(delay: u32, work: impl Fn(usize) -> bool + 'static) -> Rc<RefCell<Option<Timeout>>> {
    fn schedule(delay: u32, chunk: usize, work: Rc<dyn Fn(usize) -> bool>, slot: &Rc<RefCell<Option<Timeout>>>) {
        let again = Rc::downgrade(slot);
        let next = Timeout::new(delay, move || {
            if let Some(slot) = again.upgrade()
                && work(chunk)
            {
                schedule(0, chunk + 1, work, &slot);
            }
        });
        *slot.borrow_mut() = Some(next);
    }
    let slot = Rc::default();
    schedule(delay, 0, Rc::new(work), &slot);
    slot
}

/// Frees a canvas's pixels when it leaves the page: the browser would keep them until it next collects garbage.
fn release_canvas(canvas: &NodeRef) -> impl FnOnce() + use<> {
    let canvas = canvas.cast::<HtmlCanvasElement>();
    move || {
        if let Some(canvas) = canvas {
            canvas.set_width(0);
        }
    }
}

/// Empties a canvas and makes it so wide; one of no width holds no pixels.
fn set_width(canvas: &NodeRef, width: u32) {
    if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
        canvas.set_width(width);
    }
}

/// Paints rows of RGBA bytes onto a canvas, from the row `top` on. A canvas that the browser has no memory for stays black.
fn paint(canvas: &NodeRef, width: u32, top: u32, rgba: &[u8]) {
    let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else { return };
    let _: Result<(), JsValue> = (|| {
        let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into::<CanvasRenderingContext2d>();
        let data = ImageData::new_with_u8_clamped_array(Clamped(rgba), width)?;
        context.put_image_data(&data, 0.0, f64::from(top))
    })();
}
