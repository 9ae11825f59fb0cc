use lungfield_contract::Rectangle;

use lungfield_presenter::Window;

use crate::ui::tone::Tone;

/// The most that a film is enlarged: so many pixels of the screen for one of its own.
const MOST_ENLARGED: f64 = 8.0;

/// A film's detail is sent for so many pixels at most: 3 MB at two bytes each.
const MOST_DETAIL: f64 = 1.5e6;
/// So much beyond the stage is sent with it, as a share of what is seen.
const BEYOND: f64 = 0.1;

/// How a film is looked at, and nothing of the film itself: a reading is the same whatever the view.
///
/// Places on the stage are CSS pixels from its middle, to the right and down; places on the film are shares of its width and
/// height as it is hung.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Width and height of the film in its own pixels.
    film: [f64; 2],
    /// Width and height of the stage in CSS pixels.
    stage: [f64; 2],
    /// Pixels of the screen for a CSS pixel.
    density: f64,
    /// How much larger the film is than where it just fits.
    zoom: f64,
    /// Where the film's middle is on the stage.
    pan: [f64; 2],
    /// Quarter turns clockwise, 0 to 3.
    quarter_turns: u8,
    /// How bright and how rich in contrast.
    pub tone: Tone,
}

/// What changes a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ViewAction {
    /// Another film is looked at, of this width and height in pixels; how bright it is stays for its own sake.
    Show([u32; 2]),
    /// The stage has this size in CSS pixels, on a screen that has so many pixels for each.
    Resize([f64; 2], f64),
    /// So much larger, the place on the stage staying where it is.
    Zoom(f64, [f64; 2]),
    /// Moved by so much on the stage.
    Pan([f64; 2]),
    /// As large as fits.
    Fit,
    /// A pixel of the film for one of the screen, the place on the stage staying where it is.
    OwnPixels([f64; 2]),
    /// One to [`ViewAction::OwnPixels`] and from anything else back to [`ViewAction::Fit`].
    FitOrOwnPixels([f64; 2]),
    /// Turned by so many quarters clockwise.
    Turn(i8),
    /// What is shown between black and white.
    SetWindow(Window),
    /// The window moved up and widened by shares of its width.
    ChangeWindow([f64; 2]),
    /// Black for white.
    Invert,
    /// As the film was first seen.
    Reset,
}

impl Default for View {
    fn default() -> Self {
        Self {
            film: [1.0; 2],
            stage: [1.0; 2],
            density: 1.0,
            zoom: 1.0,
            pan: [0.0; 2],
            quarter_turns: 0,
            tone: Tone::default(),
        }
    }
}

impl View {
    /// The view after an action.
    pub fn reduce(self, action: ViewAction) -> Self {
        match action {
            ViewAction::Show(size) => {
                Self { film: size.map(f64::from), stage: self.stage, density: self.density, ..Self::default() }
            }
            ViewAction::Resize(stage, density) => {
                Self { stage: stage.map(|side| side.max(1.0)), density, ..self }.held()
            }
            ViewAction::Zoom(factor, about) => self.zoomed(self.zoom * factor, about),
            ViewAction::Pan(by) => Self { pan: [0, 1].map(|axis| self.pan[axis] + by[axis]), ..self }.held(),
            ViewAction::Fit => Self { zoom: 1.0, pan: [0.0; 2], ..self },
            ViewAction::OwnPixels(about) => self.zoomed(self.own_pixels(), about),
            ViewAction::FitOrOwnPixels(_) if self.is_enlarged() => self.reduce(ViewAction::Fit),
            // A film that is smaller than the stage is seen closer too.
            ViewAction::FitOrOwnPixels(about) => self.zoomed(self.own_pixels().max(2.0), about),
            ViewAction::Turn(quarters) => {
                let quarter_turns = (self.quarter_turns as i8 + quarters).rem_euclid(4) as u8;
                Self { quarter_turns, ..self }.reduce(ViewAction::Fit)
            }
            ViewAction::SetWindow(window) => Self { tone: Tone { window, ..self.tone }, ..self },
            ViewAction::ChangeWindow([centre, width]) => {
                self.reduce(ViewAction::SetWindow(self.tone.window.changed(centre, width)))
            }
            ViewAction::Invert => Self { tone: Tone { inverted: !self.tone.inverted, ..self.tone }, ..self },
            ViewAction::Reset => Self { quarter_turns: 0, tone: Tone::default(), ..self }.reduce(ViewAction::Fit),
        }
    }

    /// Whether it is larger than where it just fits: then it can be moved.
    pub fn is_enlarged(&self) -> bool {
        self.zoom > 1.001
    }

    /// Whether it is as the film was first seen.
    pub fn is_first(&self) -> bool {
        (self.zoom, self.quarter_turns, self.tone) == (1.0, 0, Tone::default())
    }

    /// How many pixels of the screen one of the film's has.
    pub fn magnification(&self) -> f64 {
        self.scale() * self.density
    }

    /// CSS pixels for one of the film's.
    pub fn css_pixels(&self) -> f64 {
        self.scale()
    }

    /// Quarter turns clockwise, 0 to 3.
    pub fn quarter_turns(&self) -> u8 {
        self.quarter_turns
    }

    /// How what is laid out as it fits the stage unturned is moved, turned and scaled, for CSS.
    pub fn transform(&self) -> String {
        let [x, y] = self.pan;
        let scale = self.scale() / self.fit(0);
        format!("translate({x:.2}px,{y:.2}px) rotate({}deg) scale({scale:.5})", u32::from(self.quarter_turns) * 90)
    }

    /// Where a place on the film lies on the stage.
    pub fn to_stage(&self, place: [f64; 2]) -> [f64; 2] {
        let scale = self.scale();
        let from_middle = [0, 1].map(|axis| (place[axis] - 0.5) * self.film[axis] * scale);
        let [x, y] = turned(from_middle, self.quarter_turns);
        [x + self.pan[0], y + self.pan[1]]
    }

    /// The place on the film that lies there on the stage.
    pub fn to_film(&self, place: [f64; 2]) -> [f64; 2] {
        let scale = self.scale();
        let [x, y] = turned([place[0] - self.pan[0], place[1] - self.pan[1]], 4 - self.quarter_turns);
        [x / (scale * self.film[0]) + 0.5, y / (scale * self.film[1]) + 0.5]
    }

    /// What of the film is on the stage, from the top left to the bottom right.
    pub fn seen(&self) -> [[f64; 2]; 2] {
        let half = self.stage.map(|side| side / 2.0);
        let [a, b] = [self.to_film(half.map(|side| -side)), self.to_film(half)];
        let bound = |choose: fn(f64, f64) -> f64| [0, 1].map(|axis| choose(a[axis], b[axis]).clamp(0.0, 1.0));
        [bound(f64::min), bound(f64::max)]
    }

    /// Width and height of the stage in CSS pixels.
    pub fn stage(&self) -> [f64; 2] {
        self.stage
    }

    /// Width and height of the film in its own pixels.
    pub fn film(&self) -> [f64; 2] {
        self.film
    }

    /// The part of the film that is to be had with more detail than a preview so wide shows of it, and how many pixels there is room
    /// for; `None` where the preview is enough. Of a film whose window has been changed it never is: it has fewer greys.
    pub fn wanted_detail(&self, preview_width: u32) -> Option<(Rectangle, [u32; 2])> {
        let finer = f64::from(preview_width) < self.film[0] * self.magnification().min(1.0) * 0.95;
        let deeper = self.tone.window != Window::WHOLE;
        if !finer && !deeper {
            return None;
        }
        let [from, to] = self.seen();
        let margin = [0, 1].map(|axis| BEYOND * (to[axis] - from[axis]));
        let [from, to] = [
            [0, 1].map(|axis| (from[axis] - margin[axis]).max(0.0)),
            [0, 1].map(|axis| (to[axis] + margin[axis]).min(1.0)),
        ];
        let room = [0, 1].map(|axis| (to[axis] - from[axis]) * self.film[axis] * self.magnification().min(1.0));
        let shrink = (MOST_DETAIL / (room[0] * room[1])).sqrt().min(1.0);
        let most = room.map(|side| (side * shrink).ceil().max(1.0) as u32);
        let [[left, top], [right, bottom]] = [from, to].map(|place| place.map(|share| share as f32));
        Some((Rectangle { left, top, right, bottom }, most))
    }

    /// Where a part of the film lies on the stage before [`View::transform`]: from its left and its top, its width and its height, in
    /// CSS pixels.
    pub fn laid(&self, part: Rectangle) -> [f64; 4] {
        let fitted = self.film.map(|side| side * self.fit(0));
        let corner = [part.left, part.top].map(f64::from);
        let [left, top] = [0, 1].map(|axis| (self.stage[axis] - fitted[axis]) / 2.0 + corner[axis] * fitted[axis]);
        [left, top, f64::from(part.width()) * fitted[0], f64::from(part.bottom - part.top) * fitted[1]]
    }

    /// CSS pixels for a pixel of the film where it just fits, turned so.
    fn fit(&self, quarter_turns: u8) -> f64 {
        let [width, height] = if quarter_turns.is_multiple_of(2) { self.film } else { [self.film[1], self.film[0]] };
        (self.stage[0] / width).min(self.stage[1] / height)
    }

    /// CSS pixels for a pixel of the film.
    fn scale(&self) -> f64 {
        self.zoom * self.fit(self.quarter_turns)
    }

    /// The zoom at which a pixel of the film has one of the screen.
    fn own_pixels(&self) -> f64 {
        1.0 / (self.density * self.fit(self.quarter_turns))
    }

    fn zoomed(self, zoom: f64, about: [f64; 2]) -> Self {
        let own = self.own_pixels();
        let zoom = zoom.clamp(own.min(1.0), (own * MOST_ENLARGED).max(4.0));
        let factor = zoom / self.zoom;
        let pan = [0, 1].map(|axis| about[axis] - (about[axis] - self.pan[axis]) * factor);
        Self { zoom, pan, ..self }.held()
    }

    /// No further aside than that the film's edge is at the stage's.
    fn held(self) -> Self {
        let scale = self.scale();
        let [width, height] = turned(self.film, self.quarter_turns).map(|side| side.abs() * scale);
        let room = [width - self.stage[0], height - self.stage[1]].map(|room| (room / 2.0).max(0.0));
        let pan = [0, 1].map(|axis| self.pan[axis].clamp(-room[axis], room[axis]));
        Self { pan, ..self }
    }
}

/// Turned about the middle by quarters clockwise.
fn turned([x, y]: [f64; 2], quarters: u8) -> [f64; 2] {
    match quarters % 4 {
        0 => [x, y],
        1 => [-y, x],
        2 => [-x, -y],
        _ => [y, -x],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A film of 1000 x 500 pixels on a stage of 400 x 400 CSS pixels, two pixels of the screen for each.
    fn view() -> View {
        [ViewAction::Show([1000, 500]), ViewAction::Resize([400.0, 400.0], 2.0)]
            .into_iter()
            .fold(View::default(), View::reduce)
    }

    fn near(a: [f64; 2], b: [f64; 2]) {
        assert!((a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9, "{a:?} {b:?}");
    }

    #[test]
    fn a_film_first_fits() {
        let view = view();
        assert!(view.is_first() && !view.is_enlarged());
        near(view.to_stage([0.0, 0.0]), [-200.0, -100.0]);
        near(view.to_stage([1.0, 1.0]), [200.0, 100.0]);
        assert_eq!(view.magnification(), 0.8);
        assert_eq!(view.transform(), "translate(0.00px,0.00px) rotate(0deg) scale(1.00000)");
        assert_eq!(view.seen(), [[0.0; 2], [1.0; 2]]);
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let view = view().reduce(ViewAction::Zoom(2.0, [50.0, 20.0])).reduce(ViewAction::Pan([-9.0, 4.0]));
        let at = [30.0, -40.0];
        let (place, next) = (view.to_film(at), view.reduce(ViewAction::Zoom(1.7, at)));
        near(next.to_film(at), place);
        near(next.to_stage(place), at);
        assert!((next.magnification() / view.magnification() - 1.7).abs() < 1e-9);
    }

    #[test]
    fn it_is_never_smaller_than_fits_nor_moved_off_the_stage() {
        let view = view().reduce(ViewAction::Zoom(0.1, [10.0, 10.0]));
        assert_eq!(view.zoom, 1.0);
        near(view.reduce(ViewAction::Pan([50.0, 50.0])).pan, [0.0, 0.0]);
        let large = view.reduce(ViewAction::Zoom(1e6, [0.0, 0.0]));
        assert_eq!(large.magnification(), 8.0);
        let moved = large.reduce(ViewAction::Pan([1e6, -1e6]));
        near(moved.to_film([-200.0, 200.0]), [0.0, 1.0]);
        let small = moved.reduce(ViewAction::Zoom(1e-6, [0.0, 0.0]));
        near(small.pan, [0.0, 0.0]);
    }

    #[test]
    fn its_own_pixels_and_back() {
        let own = view().reduce(ViewAction::OwnPixels([0.0; 2]));
        assert!((own.magnification() - 1.0).abs() < 1e-9);
        // Of a film that is nearly all seen, twice as large as it fits.
        let close = view().reduce(ViewAction::FitOrOwnPixels([0.0; 2]));
        assert_eq!(close.zoom, 2.0);
        assert!(close.reduce(ViewAction::FitOrOwnPixels([7.0; 2])).is_first());
        // A film of fewer pixels than the screen has for it is seen smaller at its own.
        let tiny = view().reduce(ViewAction::Show([100, 100])).reduce(ViewAction::OwnPixels([0.0; 2]));
        assert_eq!((tiny.magnification(), tiny.is_enlarged()), (1.0, false));
    }

    #[test]
    fn turned_it_fits_again_and_places_go_with_it() {
        let view = view();
        let right = view.reduce(ViewAction::Turn(1));
        near(right.to_stage([0.0, 0.0]), [100.0, -200.0]);
        near(right.to_film([100.0, -200.0]), [0.0, 0.0]);
        assert_eq!(right.transform(), "translate(0.00px,0.00px) rotate(90deg) scale(1.00000)");
        near(view.reduce(ViewAction::Turn(-1)).to_stage([0.0, 0.0]), [-100.0, 200.0]);
        assert_eq!((0..4).fold(view, |view, _| view.reduce(ViewAction::Turn(1))), view);
        let wide = view.reduce(ViewAction::Resize([400.0, 100.0], 2.0)).reduce(ViewAction::Turn(3));
        assert_eq!(wide.transform(), "translate(0.00px,0.00px) rotate(270deg) scale(0.50000)");
        for turns in 0..4 {
            let view = view.reduce(ViewAction::Turn(turns)).reduce(ViewAction::Zoom(3.0, [20.0, 5.0]));
            near(view.to_film(view.to_stage([0.2, 0.7])), [0.2, 0.7]);
        }
    }

    #[test]
    fn what_is_seen_is_a_part_of_the_film() {
        let view = view().reduce(ViewAction::Zoom(2.0, [-200.0, 0.0]));
        let [[left, top], [right, bottom]] = view.seen();
        near([left, top], [0.0, 0.0]);
        near([right, bottom], [0.5, 1.0]);
        let turned = view.reduce(ViewAction::Turn(1)).reduce(ViewAction::Zoom(4.0, [0.0, -200.0]));
        let [[left, _], [right, _]] = turned.seen();
        near([left, right], [0.0, 0.25]);
    }

    #[test]
    fn detail_is_wanted_where_the_preview_has_less() {
        let view = view();
        assert_eq!(view.wanted_detail(1000), None);
        // Seen at 800 pixels of the screen.
        assert_eq!(view.wanted_detail(800), None);
        let (part, most) = view.wanted_detail(500).expect("is wanted");
        assert_eq!((part, most), (Rectangle::FILM, [800, 400]));
        let (part, most) = view.reduce(ViewAction::Zoom(4.0, [-200.0, 0.0])).wanted_detail(500).expect("is wanted");
        assert!((part.right - 0.275).abs() < 1e-6 && part.left == 0.0, "{part:?}");
        assert_eq!(most[0], 275);
        let toned = view.reduce(ViewAction::ChangeWindow([0.1, 0.0]));
        assert_eq!(toned.wanted_detail(1000), Some((Rectangle::FILM, [800, 400])));
        assert_eq!(view.reduce(ViewAction::Invert).wanted_detail(1000), None);
        let huge = view.reduce(ViewAction::Resize([9000.0, 9000.0], 1.0)).reduce(ViewAction::Show([9000, 9000]));
        let (_, [width, height]) = huge.wanted_detail(1200).expect("is wanted");
        assert!(f64::from(width) * f64::from(height) < 1.01 * MOST_DETAIL, "{width} x {height}");
    }

    #[test]
    fn a_part_is_laid_where_it_is_on_the_film() {
        let part = Rectangle { left: 0.5, top: 0.5, right: 1.0, bottom: 0.75 };
        assert_eq!(view().laid(part), [200.0, 200.0, 200.0, 50.0]);
    }

    #[test]
    fn resetting_and_another_film_undo_everything_but_the_stage() {
        let window = Window { centre: 0.3, width: 0.2 };
        let changed = [
            ViewAction::Turn(1),
            ViewAction::SetWindow(window),
            ViewAction::Invert,
            ViewAction::Zoom(2.0, [9.0; 2]),
            ViewAction::ChangeWindow([0.5, -0.5]),
        ];
        let view = changed.into_iter().fold(view(), View::reduce);
        assert!(!view.is_first() && view.is_enlarged());
        assert_eq!(view.tone, Tone { window: Window { centre: 0.4, width: 0.1 }, inverted: true });
        assert_eq!(view.reduce(ViewAction::Reset), super::tests::view());
        assert_eq!(view.reduce(ViewAction::Show([1000, 500])), super::tests::view());
    }
}
