//! Straight margins of one tone around a film, as exports, printers and digital shutters leave them. What was measured on
//! which films is in `docs/photographs.md`.

use super::area::Area;
use crate::Radiograph;

/// How far a margin's tone may be from that of its outermost line, on the scale of 16 bits: what JPEG does to a flat area,
/// and what it does to one beside a film.
const FLAT: u16 = 6 * 257;
const RINGING: u16 = 14 * 257;
/// The share of a line that may be further off than the first, and than the second where few are beyond it.
const FEW: f64 = 0.005;
const SOME: f64 = 0.05;
/// The widest margin, as a share of a side.
const MOST: f64 = 0.45;
/// JPEG mixes margin and film in a block of so many lines. There the film begins at the line that moves furthest from the
/// margin's tone, each value by this at most.
const BLOCK: usize = 8;
const TELLING: u16 = 48 * 257;
/// A margin whose values are all the same is one whatever the film beside it is, if so many of its lines are beside those that
/// are mixed.
const EVEN: f64 = 0.5;
/// Up to here a tone is black. A film's own edge may be black, and never of one other tone.
const BLACK: u16 = 20 * 257;
/// A film steps away from its margin by this much within so many lines, on the scale of 16 bits.
const STEP: u16 = 12 * 257;
const WITHIN: usize = 4;
/// A black margin has such a step along this share of its end, or along less where it is wide.
const STRAIGHT: f64 = 0.5;
const STRAIGHT_IF_WIDE: f64 = 0.25;
const WIDE: f64 = 0.05;
/// A margin around a margin is one as well; more than these are not looked for.
const ROUNDS: usize = 3;

/// The film without margins of `least_share` of a side or more: where it begins in the picture, across and down, and how large
/// it is. `None` where there is no margin, or less than `least_side` would be left.
pub(super) fn film(picture: &Radiograph, least_share: f64, least_side: u32) -> Option<[[usize; 2]; 2]> {
    let mut area = Area::whole(picture);
    let whole = area;
    for _ in 0..ROUNDS {
        let Some(inner) = area.without_margin(picture, least_share) else { break };
        if inner.size().iter().any(|&side| side < least_side as usize) {
            break;
        }
        area = inner;
    }
    (area != whole).then(|| [area.start, area.size()])
}

/// A side's margin: how many lines it has, and whether it is one by itself, or only beside another.
struct Margin {
    lines: usize,
    is_one: bool,
    /// All of its values are the same.
    is_even: bool,
}

impl Area {
    fn without_margin(&self, picture: &Radiograph, least_share: f64) -> Option<Self> {
        let margins = [0, 1].map(|axis| [false, true].map(|far| self.margin(picture, axis, far, least_share)));
        let all = || margins.iter().flatten();
        if !all().any(|margin| margin.is_one) {
            return None;
        }
        // Beside an even margin a film's own edge is not as even.
        let is_even = all().any(|margin| margin.is_even);
        let lines = |margin: &Margin| if margin.is_one || !is_even { margin.lines } else { 0 };
        Some((0..2).fold(*self, |inner, axis| {
            let [near, far] = &margins[axis];
            inner.without(axis, false, lines(near)).without(axis, true, lines(far))
        }))
    }

    /// The margin at the near or the far end of an axis; of no lines where there is none.
    fn margin(&self, picture: &Radiograph, axis: usize, far: bool, least_share: f64) -> Margin {
        let [count, length] = [self.size()[axis], self.size()[1 - axis]];
        let at = |line: usize, along: usize| self.value(picture, axis, far, line, along);
        let mut first: Vec<u16> = (0..length).map(|along| at(0, along)).collect();
        let tone = *first.select_nth_unstable(length / 2).1;
        let none = Margin { lines: 0, is_one: false, is_even: false };
        let few = |line: usize, beyond: u16, share: f64| {
            let most = (share * length as f64) as usize;
            (0..length).filter(|&along| at(line, along).abs_diff(tone) > beyond).take(most + 1).count() <= most
        };
        let is_flat = |line: usize| few(line, FLAT, FEW) || few(line, FLAT, SOME) && few(line, RINGING, 0.0);
        let until = |is_margin: &dyn Fn(usize) -> bool| (0..count).find(|&line| !is_margin(line)).unwrap_or(count);
        let even = until(&|line| few(line, 0, 0.0));
        let is_even = even > 0 && even as f64 >= EVEN * least_share * count as f64;
        let lines = if is_even { even } else { until(&is_flat) };
        if lines == 0 || lines + BLOCK > count {
            return none;
        }
        let off = |line: usize| -> i64 {
            (0..length).map(|along| i64::from(at(line, along).abs_diff(tone).min(TELLING))).sum()
        };
        let rise = |block: usize| off(lines + block) - off(lines + block - 1);
        let (block, _) = (1..BLOCK).fold((0, rise(0)), |most, block| {
            let rise = rise(block);
            if rise > most.1 { (block, rise) } else { most }
        });
        let lines = lines + block;
        let share = lines as f64 / count as f64;
        if !(least_share..MOST).contains(&share) {
            return none;
        }
        let beyond = lines..(lines + WITHIN).min(count);
        let steps = |along: &usize| {
            let last = at(lines - 1, *along);
            beyond.clone().any(|line| at(line, *along).abs_diff(last) > STEP)
        };
        let straight = if share >= WIDE { STRAIGHT_IF_WIDE } else { STRAIGHT };
        let steps_away = (0..length).filter(steps).count() as f64 >= straight * length as f64;
        Margin { lines, is_one: is_even || tone > BLACK || steps_away, is_even }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A film, brighter in its middle than at its upper edge, with margins of a tone: left, upper, right, lower.
    fn with_margins(margins: [u32; 4], tone: u16) -> Radiograph {
        let (width, height) = (200, 160);
        let [left, top, right, bottom] = margins;
        let (across, down) = (left..left + width, top..top + height);
        let luma = |i: u32| {
            let (x, y) = (i % (left + width + right), i / (left + width + right));
            if !across.contains(&x) || !down.contains(&y) {
                return tone;
            }
            (8000 + (x - left) * 100 + (y - top) * 150 + (x * 7919 + y * 104_729) % 2000) as u16
        };
        let size = [left + width + right, top + height + bottom];
        Radiograph::from_luma(size[0], size[1], (0..size[0] * size[1]).map(luma).collect())
    }

    #[test]
    fn margins_of_any_tone_are_cut_off_exactly() {
        for tone in [0, 33_000, 65_535] {
            for margins in [[20, 16, 20, 16], [30, 0, 30, 0], [0, 10, 0, 30], [0, 0, 12, 0]] {
                let found = film(&with_margins(margins, tone), 0.01, 64);
                let start = [margins[0] as usize, margins[1] as usize];
                assert_eq!(found, Some([start, [200, 160]]), "{margins:?} of {tone}");
            }
        }
    }

    #[test]
    fn a_film_without_margin_and_one_that_is_black_towards_its_edge_are_left() {
        assert_eq!(film(&with_margins([0; 4], 0), 0.01, 64), None);
        let (width, height) = (300u32, 200u32);
        let fading = |i: u32| {
            let x = i % width;
            let inside = x.min(width - 1 - x).saturating_sub(20) * 100;
            (inside + i / width * inside / 200 + (i * 7919) % (300 + inside / 8)).min(60_000) as u16
        };
        let film_of = Radiograph::from_luma(width, height, (0..width * height).map(fading).collect());
        assert_eq!(film(&film_of, 0.01, 64), None);
        assert_eq!(film(&Radiograph::from_luma(100, 100, vec![0; 10_000]), 0.01, 64), None);
    }

    /// A film that is all but black towards its left, but for a marker, with a black margin there. The last `mixed` lines of the
    /// margin differ from it a little, as JPEG leaves them.
    fn with_black_margin(margin: u32, mixed: u32) -> Radiograph {
        let (width, height) = (200, 160);
        let luma = |i: u32| {
            let (x, y) = (i % (margin + width), i / (margin + width));
            let noise = (x * 7919 + y * 104_729) % 1000;
            let is_mixed = x + mixed >= margin && noise < 300;
            match x.checked_sub(margin) {
                None => u32::from(is_mixed) * 5 * 257,
                Some(x) if y % 40 < 3 && x < 20 => 50_000,
                Some(x) => x * y * 2 + noise,
            }
        };
        Radiograph::from_luma(margin + width, height, (0..(margin + width) * height).map(|i| luma(i) as u16).collect())
    }

    #[test]
    fn an_even_margin_is_cut_off_exactly_where_the_film_is_black_too() {
        for (margin, mixed) in [(8, 0), (20, 0), (20, 4), (30, 7), (60, 2)] {
            let found = film(&with_black_margin(margin, mixed), 0.01, 64);
            assert_eq!(found, Some([[margin as usize, 0], [200, 160]]), "{margin}, {mixed} of them mixed");
        }
    }

    #[test]
    fn too_little_is_no_film() {
        let found = film(&with_margins([20, 16, 20, 16], 0), 0.01, 180);
        assert_eq!(found, None);
    }
}
