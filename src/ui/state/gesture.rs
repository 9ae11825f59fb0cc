/// A finger or the mouse has gone further than this, in CSS pixels: it is no tap.
const SLACK: f64 = 6.0;
/// Two taps within so many milliseconds are a double one.
const DOUBLE_TAP_MS: f64 = 350.0;
/// And no further apart than this.
const DOUBLE_TAP_SLACK: f64 = 32.0;
/// A finger's way across that is a sweep, in CSS pixels.
const SWEEP: f64 = 60.0;

/// The pointers that are down on the film, of which two count. Places are CSS pixels, from wherever the caller likes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gesture {
    pointers: Vec<Pointer>,
    /// It has moved, or there were two: it is no tap any more.
    moved: bool,
    /// There were two at once.
    several: bool,
    last_tap: Option<(f64, [f64; 2])>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Pointer {
    id: i32,
    began: [f64; 2],
    at: [f64; 2],
}

/// What a pointer's move does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drag {
    /// One pointer has moved by so much.
    One([f64; 2]),
    /// Two are so many times as far apart as they were, about here, which has moved by so much.
    Two {
        /// How many times as far.
        factor: f64,
        /// Where the middle between them was.
        about: [f64; 2],
        /// By how much it has moved.
        by: [f64; 2],
    },
}

/// What a gesture was, once the last pointer is lifted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    /// Pressed and lifted in one place.
    Tap([f64; 2]),
    /// The second time soon.
    DoubleTap([f64; 2]),
    /// One pointer has swept across, to the right or not.
    Sweep {
        /// From left to right.
        rightwards: bool,
    },
}

impl Gesture {
    /// Whether one pointer rests on the film.
    pub fn is_held(&self) -> bool {
        self.pointers.len() == 1 && !self.moved
    }

    /// A pointer goes down.
    pub fn down(&mut self, id: i32, at: [f64; 2]) {
        self.pointers.retain(|pointer| pointer.id != id);
        match self.pointers.len() {
            0 => (self.moved, self.several) = (false, false),
            1 => (self.moved, self.several) = (true, true),
            _ => return,
        }
        self.pointers.push(Pointer { id, began: at, at });
    }

    /// A pointer that is down moves. Each is compared with where it was itself, so that lifting one lets nothing jump.
    pub fn moved(&mut self, id: i32, at: [f64; 2]) -> Option<Drag> {
        let before = self.pointers.clone();
        let pointer = self.pointers.iter_mut().find(|pointer| pointer.id == id)?;
        pointer.at = at;
        if !self.moved && distance(pointer.began, at) <= SLACK {
            // It begins where it was, once it is no tap.
            pointer.at = pointer.began;
            return None;
        }
        self.moved = true;
        match (&before[..], &self.pointers[..]) {
            ([a], [b]) => Some(Drag::One(difference(b.at, a.at))),
            ([a, b], [c, d]) => {
                let (was, is) = (middle(a.at, b.at), middle(c.at, d.at));
                let factor = distance(c.at, d.at).max(1.0) / distance(a.at, b.at).max(1.0);
                Some(Drag::Two { factor, about: was, by: difference(is, was) })
            }
            _ => None,
        }
    }

    /// A pointer is lifted, at this time in milliseconds.
    pub fn up(&mut self, id: i32, at: [f64; 2], time: f64) -> Option<Ended> {
        let index = self.pointers.iter().position(|pointer| pointer.id == id)?;
        let pointer = self.pointers.remove(index);
        if !self.pointers.is_empty() || self.several {
            return None;
        }
        let [across, along] = difference(at, pointer.began);
        if self.moved {
            self.last_tap = None;
            return (across.abs() > SWEEP.max(2.0 * along.abs())).then_some(Ended::Sweep { rightwards: across > 0.0 });
        }
        let again = self
            .last_tap
            .take()
            .is_some_and(|(when, place)| time - when <= DOUBLE_TAP_MS && distance(place, at) <= DOUBLE_TAP_SLACK);
        if again {
            return Some(Ended::DoubleTap(at));
        }
        self.last_tap = Some((time, at));
        Some(Ended::Tap(at))
    }

    /// The browser has taken a pointer for something else.
    pub fn cancel(&mut self, id: i32) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.moved = true;
    }
}

fn difference(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn middle(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [0, 1].map(|axis| (a[axis] + b[axis]) / 2.0)
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [x, y] = difference(a, b);
    x.hypot(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pointer_drags_from_where_it_began() {
        let mut gesture = Gesture::default();
        gesture.down(1, [10.0, 10.0]);
        assert!(gesture.is_held());
        assert_eq!(gesture.moved(1, [12.0, 13.0]), None);
        assert_eq!(gesture.moved(1, [30.0, 10.0]), Some(Drag::One([20.0, 0.0])));
        assert_eq!(gesture.moved(1, [31.0, 12.0]), Some(Drag::One([1.0, 2.0])));
        assert!(!gesture.is_held());
        assert_eq!(gesture.up(1, [31.0, 12.0], 0.0), None);
        assert_eq!(gesture.moved(1, [50.0, 50.0]), None);
    }

    #[test]
    fn two_pointers_pinch_about_their_middle() {
        let mut gesture = Gesture::default();
        gesture.down(1, [0.0, 0.0]);
        gesture.down(2, [100.0, 0.0]);
        let drag = gesture.moved(2, [200.0, 0.0]);
        assert_eq!(drag, Some(Drag::Two { factor: 2.0, about: [50.0, 0.0], by: [50.0, 0.0] }));
        let drag = gesture.moved(1, [0.0, 0.0]);
        assert_eq!(drag, Some(Drag::Two { factor: 1.0, about: [100.0, 0.0], by: [0.0, 0.0] }));
    }

    #[test]
    fn lifting_a_finger_of_two_does_not_jump_and_is_no_tap() {
        let mut gesture = Gesture::default();
        gesture.down(1, [0.0, 0.0]);
        gesture.down(2, [100.0, 0.0]);
        gesture.moved(2, [150.0, 40.0]);
        assert_eq!(gesture.up(1, [0.0, 0.0], 0.0), None);
        assert_eq!(gesture.moved(2, [151.0, 42.0]), Some(Drag::One([1.0, 2.0])));
        assert_eq!(gesture.up(2, [400.0, 42.0], 5.0), None);
    }

    #[test]
    fn a_third_finger_changes_nothing() {
        let mut gesture = Gesture::default();
        (1..=3).for_each(|id| gesture.down(id, [f64::from(id) * 10.0, 0.0]));
        assert_eq!(gesture.moved(3, [99.0, 99.0]), None);
        assert_eq!(gesture.up(3, [99.0, 99.0], 0.0), None);
        assert!(matches!(gesture.moved(2, [30.0, 0.0]), Some(Drag::Two { factor: 2.0, .. })));
    }

    #[test]
    fn two_taps_soon_and_near_are_one_double_tap() {
        let mut gesture = Gesture::default();
        let mut tap = |at: [f64; 2], time| {
            gesture.down(1, at);
            gesture.up(1, at, time)
        };
        assert_eq!(tap([5.0, 5.0], 0.0), Some(Ended::Tap([5.0, 5.0])));
        assert_eq!(tap([9.0, 5.0], 200.0), Some(Ended::DoubleTap([9.0, 5.0])));
        assert_eq!(tap([9.0, 5.0], 300.0), Some(Ended::Tap([9.0, 5.0])));
        assert_eq!(tap([9.0, 5.0], 900.0), Some(Ended::Tap([9.0, 5.0])));
        assert_eq!(tap([99.0, 5.0], 1000.0), Some(Ended::Tap([99.0, 5.0])));
    }

    #[test]
    fn a_sweep_goes_across() {
        let mut gesture = Gesture::default();
        let mut sweep = |to: [f64; 2]| {
            gesture.down(1, [100.0, 100.0]);
            gesture.moved(1, to);
            gesture.up(1, to, 0.0)
        };
        assert_eq!(sweep([200.0, 120.0]), Some(Ended::Sweep { rightwards: true }));
        assert_eq!(sweep([20.0, 120.0]), Some(Ended::Sweep { rightwards: false }));
        assert_eq!(sweep([200.0, 180.0]), None);
        assert_eq!(sweep([140.0, 100.0]), None);
    }

    #[test]
    fn what_the_browser_takes_ends_without_a_trace() {
        let mut gesture = Gesture::default();
        gesture.down(1, [0.0, 0.0]);
        gesture.cancel(1);
        assert_eq!(gesture.up(1, [0.0, 0.0], 0.0), None);
        assert!(!gesture.is_held());
    }
}
