//! A viewer's bars: strips of one tone along a side of a screenshot, with buttons and words on them, and what lies between them.
//! What was measured is in `docs/photographs.md`.

use super::area::Area;
use crate::Radiograph;

/// How far from its tone a bar may be, on the scale of 16 bits: what JPEG does to a flat area.
const FLAT: u16 = 3 * 257;
/// The share of a line that what is drawn on a bar may take, and that the longest thing of it may.
const DRAWN: f64 = 0.5;
const LONGEST: f64 = 0.2;
/// The same of lines that are all of one tone but for words.
const WORDS: f64 = 0.1;
/// The same of lines that part pictures, and how far from their tone they may be: what JPEG does to a few lines.
const FEW: f64 = 0.02;
const RINGING: u16 = 14 * 257;
const BLOCK: usize = 8;
/// On a bar at least this share is drawn, or it is a margin.
const LEAST_DRAWN: f64 = 0.002;
/// A bar's least lines, also as a share of a side, and the widest one.
const LEAST_LINES: usize = 8;
const LEAST: f64 = 0.01;
const MOST: f64 = 0.3;
/// Up to here a tone is black, as films' own frames are.
const BLACK: u16 = 8 * 257;
/// A bar ends straight: along this share of its end what lies behind is another tone within so many lines.
const STEP: u16 = 10 * 257;
const STRAIGHT: f64 = 0.5;
const WITHIN: usize = 3;
/// Lines between two bars, of a tone of their own.
const BORDER: usize = 3;
/// Bars lie beside bars; more than these are not looked for.
const ROUNDS: usize = 8;
/// What lies between a viewer's bars and its film may be this wide, as a share of a side.
const MOST_BESIDE: f64 = 0.45;
const GLANCE: usize = 24;
/// The least of several pictures beside each other has this share of a side, and so many lines.
const PART: f64 = 0.15;
const PART_LINES: usize = 64;

/// Where what lies within the bars of a viewer begins, across and down, and how large it is; `None` where there are no bars.
pub(super) fn within(picture: &Radiograph) -> Option<[[usize; 2]; 2]> {
    let mut area = Area::whole(picture);
    let mut viewer = false;
    for _ in 0..ROUNDS {
        let before = area;
        for (axis, far) in SIDES {
            if let Some(bar) = (Side { picture, area, axis, far }).bar() {
                area = area.without(axis, far, bar.lines);
                viewer |= bar.has_buttons;
            }
        }
        if area == before {
            break;
        }
    }
    viewer.then(|| [area.start, area.size()])
}

/// The same of the film in what a viewer shows: without what is of one tone around it but for words.
pub(super) fn film(picture: &Radiograph) -> [[usize; 2]; 2] {
    let mut area = Area::whole(picture);
    for (axis, far) in SIDES {
        area = area.without(axis, far, Side { picture, area, axis, far }.beside());
    }
    [area.start, area.size()]
}

/// Whether lines of one tone part a picture into several: none runs through a film.
pub(super) fn is_parted(picture: &Radiograph) -> bool {
    [0, 1].into_iter().any(|axis| {
        let side = Side { picture, area: Area::whole(picture), axis, far: false };
        let least = PART_LINES.max((PART * side.lines() as f64) as usize);
        let (mut parts, mut part, mut line) = (0, 0, 0);
        while line < side.lines() {
            let film = (line..side.lines()).take_while(|&line| !side.is_flat(line)).count();
            let behind = line + film;
            part += film;
            let gap = (behind..side.lines()).take_while(|&line| side.is_flat(line)).count();
            line = behind + gap;
            // What fades into its gap is a film's spine or edge, and the film goes on behind it.
            if line == side.lines() || side.stands_out(behind..line) {
                parts += usize::from(part > least);
                part = 0;
            }
        }
        parts > 1
    })
}

const SIDES: [(usize, bool); 4] = [(1, false), (1, true), (0, false), (0, true)];

/// A side of a part of a picture, whose lines are counted from it.
#[derive(Clone, Copy)]
struct Side<'a> {
    picture: &'a Radiograph,
    area: Area,
    axis: usize,
    far: bool,
}

struct Bar {
    lines: usize,
    has_buttons: bool,
}

impl Side<'_> {
    fn value(&self, line: usize, along: usize) -> u16 {
        self.area.value(self.picture, self.axis, self.far, line, along)
    }

    fn lines(&self) -> usize {
        self.area.size()[self.axis]
    }

    fn length(&self) -> usize {
        self.area.size()[1 - self.axis]
    }

    fn bar(&self) -> Option<Bar> {
        let least = LEAST_LINES.max((LEAST * self.lines() as f64) as usize);
        let tone = self.tone(least)?;
        let fits = |line: &usize| self.has(*line, tone, FLAT, [DRAWN, LONGEST]);
        let first = (0..BORDER.min(self.lines())).find(fits)?;
        let most = (MOST * self.lines() as f64) as usize;
        let lines = first + (first..self.lines()).take_while(fits).take(most + 1).count();
        if !(least..=most).contains(&(lines - first))
            || tone <= BLACK
            || !self.steps(lines..(lines + WITHIN).min(self.lines()), tone, STRAIGHT)
        {
            return None;
        }
        // What JPEG mixes into a bar from behind it is nothing that is drawn on it.
        let all = first..lines.saturating_sub(BLOCK).max(first);
        let drawn: usize = all.map(|line| self.others(line, tone, RINGING).count()).sum();
        let has_buttons = drawn as f64 >= LEAST_DRAWN * ((lines - first) * self.length()) as f64;
        Some(Bar { lines, has_buttons })
    }

    /// The lines beside a film.
    fn beside(&self) -> usize {
        let most = (MOST_BESIDE * self.lines() as f64) as usize;
        let Some(tone) = self.tone(1) else { return 0 };
        let lines = (0..self.lines()).take_while(|&line| self.has(line, tone, FLAT, [WORDS; 2])).take(most + 1).count();
        if lines > most { 0 } else { lines }
    }

    /// The tone that most of the first lines is of.
    #[inline(never)]
    fn tone(&self, lines: usize) -> Option<u16> {
        let mut counts = [0usize; 256];
        for line in 0..lines.min(self.lines()) {
            for along in 0..self.length() {
                counts[usize::from(self.value(line, along) >> 8)] += 1;
            }
        }
        let most = (0..256).max_by_key(|&tone| counts[tone])?;
        Some(most as u16 * 257)
    }

    /// Where a line is further from a tone.
    fn others(&self, line: usize, tone: u16, within: u16) -> impl Iterator<Item = usize> {
        (0..self.length()).filter(move |&along| self.value(line, along).abs_diff(tone) > within)
    }

    /// Whether a line is of a tone, but for a share of it in which nothing is longer than another share.
    #[inline(never)]
    fn has(&self, line: usize, tone: u16, within: u16, shares: [f64; 2]) -> bool {
        let [most, longest] = shares.map(|share| (share * self.length() as f64) as usize);
        let (mut count, mut run, mut before) = (0, 0, usize::MAX);
        for along in self.others(line, tone, within) {
            count += 1;
            run = if along == before.wrapping_add(1) { run + 1 } else { 1 };
            if count > most || run > longest {
                return false;
            }
            before = along;
        }
        true
    }

    /// Whether a line is of one tone, black with words or another.
    fn is_flat(&self, line: usize) -> bool {
        let tone = self.value(line, self.length() / 2);
        // Most lines of a film are told at a few places.
        let far = |nth: &usize| self.value(line, nth * self.length() / GLANCE).abs_diff(tone) > RINGING;
        if 2 * (0..GLANCE).filter(far).count() > GLANCE {
            return false;
        }
        if tone <= BLACK { self.has(line, 0, 2 * BLACK, [WORDS; 2]) } else { self.has(line, tone, RINGING, [FEW; 2]) }
    }

    /// Whether lines are black, or of another tone than those before and behind them.
    fn stands_out(&self, lines: std::ops::Range<usize>) -> bool {
        let tone = self.value((lines.start + lines.end) / 2, self.length() / 2);
        let before = lines.start.saturating_sub(WITHIN)..lines.start;
        let behind = lines.end..(lines.end + WITHIN).min(self.lines());
        tone <= BLACK || [before, behind].into_iter().all(|beside| self.steps(beside, tone, STRAIGHT))
    }

    /// Whether along a share of the side one of these lines is of another tone.
    #[inline(never)]
    fn steps(&self, lines: std::ops::Range<usize>, tone: u16, share: f64) -> bool {
        let steps = |along: &usize| lines.clone().any(|line| self.value(line, *along).abs_diff(tone) > STEP);
        (0..self.length()).filter(steps).count() as f64 >= share * self.length() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: [u32; 2] = [640, 480];
    const BAR: u16 = 43 * 257;

    /// A screenshot with films on black in it: left, upper, width and height. Its bar has 40 lines, with buttons or without.
    fn viewer(films: &[[u32; 4]], buttons: bool) -> Radiograph {
        let luma = |i: u32| {
            let (x, y) = (i % SIZE[0], i / SIZE[0]);
            let inside =
                films.iter().any(|&[left, top, w, h]| (left..left + w).contains(&x) && (top..top + h).contains(&y));
            match (inside, y) {
                (true, _) => (20_000 + (x * 7919 + y * 104_729) % 30_000) as u16,
                (_, 10..30) if buttons && x < 400 && x % 30 < 12 => 50_000,
                (_, ..40) => BAR,
                _ => 0,
            }
        };
        Radiograph::from_luma(SIZE[0], SIZE[1], (0..SIZE[0] * SIZE[1]).map(luma).collect())
    }

    #[test]
    fn a_bar_with_buttons_is_a_viewer_s_and_one_without_a_margin() {
        let films = [[160, 40, 320, 440]];
        assert_eq!(within(&viewer(&films, true)), Some([[0, 40], [640, 440]]));
        assert_eq!(within(&viewer(&films, false)), None);
    }

    #[test]
    fn what_is_black_beside_the_film_is_left_out() {
        let picture = viewer(&[[160, 60, 320, 400]], true);
        let [start, size] = within(&picture).expect("a viewer");
        assert_eq!(film(&picture.crop(start, size)), [[160, 20], [320, 400]]);
    }

    #[test]
    fn films_beside_each_other_are_parted_and_one_is_not() {
        let parted = |films: &[[u32; 4]]| is_parted(&viewer(films, true).crop([0, 40], [640, 440]));
        assert!(parted(&[[0, 40, 318, 440], [322, 40, 318, 440]]));
        assert!(parted(&[[0, 40, 640, 200], [0, 250, 640, 230]]));
        assert!(!parted(&[[160, 40, 320, 440]]));
        assert!(!parted(&[]));
    }

    #[test]
    fn a_film_that_fades_beside_another_is_one_film() {
        let luma = |i: u32| {
            let (x, y) = (i % SIZE[0], i / SIZE[0]);
            match x {
                318..322 => 60 * 257,
                330..345 | 600..620 => 5140,
                322.. if y < 280 => 5140,
                _ => (20_000 + (x * 7919 + y * 104_729) % 30_000) as u16,
            }
        };
        assert!(is_parted(&Radiograph::from_luma(SIZE[0], SIZE[1], (0..SIZE[0] * SIZE[1]).map(luma).collect())));
    }
}
