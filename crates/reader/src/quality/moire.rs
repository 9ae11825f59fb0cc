//! Moire: the bands that a screen's grid makes with a camera's, as one peak in the spectrum.

use std::f32::consts::TAU;

use crate::Radiograph;
use crate::image::Rows;
use crate::simd::{Lanes, Work, dispatch};

/// The side of the part that is looked at, in pixels of the film's own.
const SIDE: usize = 256;
/// Frequencies nearer to an axis than this are left out: edges of the film and the blocks of a JPEG lie there.
const AXIS: usize = 3;
/// The lowest and the highest frequency looked at, in periods over the part: bands of 4 to 43 pixels.
const BAND: std::ops::Range<usize> = 6..64;

/// The largest amplitude in a ring of equal frequency over the ring's median, the largest over all rings. Noise has
/// about 3 to 4; 0 for a film too small to tell.
pub(super) fn moire(film: &Radiograph) -> f64 {
    dispatch(Moire(film))
}

struct Moire<'a>(&'a Radiograph);

impl Work for Moire<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> f64 {
        largest_peak(self.0)
    }
}

#[inline(always)]
fn largest_peak(film: &Radiograph) -> f64 {
    let (width, height) = (film.width() as usize, film.height() as usize);
    if width < SIDE || height < SIDE {
        return 0.0;
    }
    let power = spectrum(&film.part([(width - SIDE) / 2, (height - SIDE) / 2], [SIDE, SIDE]));
    let mut rings = vec![Vec::new(); BAND.end];
    // Half of the plane: the other is its mirror. Further across than the band's end no ring is looked at.
    let columns = (AXIS..BAND.end).chain(SIDE + 1 - BAND.end..=SIDE - AXIS);
    for (column, down) in columns.flat_map(|column| (AXIS..BAND.end).map(move |down| (column, down))) {
        let across = column.min(SIDE - column);
        let ring = (across as f32).hypot(down as f32).round() as usize;
        if BAND.contains(&ring) {
            rings[ring].push(power[column * BAND.end + down].sqrt());
        }
    }
    let peak = |ring: &mut Vec<f32>| {
        let largest = ring.iter().copied().fold(0.0, f32::max);
        let middle = ring.len() / 2;
        let median = *ring.select_nth_unstable_by(middle, f32::total_cmp).1;
        if median > 0.0 { f64::from(largest / median) } else { 0.0 }
    };
    rings.iter_mut().filter(|ring| !ring.is_empty()).map(peak).fold(0.0, f64::max)
}

/// The power spectrum of the part that these rows are under a Hann window: for each frequency across, [`BAND`]'s end of
/// frequencies down, from 0.
#[inline(always)]
fn spectrum(rows: &Rows) -> Vec<f32> {
    const HALF: usize = SIDE / 2;
    let mut luma = vec![0.0; SIDE * SIDE];
    luma.chunks_exact_mut(SIDE).enumerate().for_each(|(row, values)| rows.fetch(row, 0, values));
    let mean = luma.iter().copied().map(f64::from).sum::<f64>() as f32 / (SIDE * SIDE) as f32;
    let window: Vec<f32> = (0..SIDE).map(|i| 0.5 - 0.5 * (TAU * (i as f32 + 0.5) / SIDE as f32).cos()).collect();
    // Down first. Two columns of real numbers are one of complex ones.
    let mut re = Vec::with_capacity(SIDE * HALF);
    let mut im = Vec::with_capacity(SIDE * HALF);
    for (row, down) in luma.chunks_exact(SIDE).zip(&window) {
        let mut values = row.iter().zip(&window).map(|(luma, across)| (luma - mean) * across * down);
        re.extend(values.by_ref().take(HALF));
        im.extend(values);
    }
    let waves = waves(SIDE);
    transform(&mut re, &mut im, HALF, &waves);
    let mut across_re = vec![0.0; SIDE * BAND.end];
    let mut across_im = vec![0.0; SIDE * BAND.end];
    for down in 0..BAND.end {
        let mirrored = (SIDE - down) % SIDE;
        for column in 0..HALF {
            let (a, b) = (down * HALF + column, mirrored * HALF + column);
            let (left, right) = (column * BAND.end + down, (column + HALF) * BAND.end + down);
            (across_re[left], across_im[left]) = ((re[a] + re[b]) / 2.0, (im[a] - im[b]) / 2.0);
            (across_re[right], across_im[right]) = ((im[a] + im[b]) / 2.0, (re[b] - re[a]) / 2.0);
        }
    }
    transform(&mut across_re, &mut across_im, BAND.end, &waves);
    across_re.iter().zip(&across_im).map(|(re, im)| re * re + im * im).collect()
}

/// Sine and cosine of every angle that a transform of this length turns by.
fn waves(length: usize) -> Vec<(f32, f32)> {
    (0..length / 2).map(|k| (-TAU * k as f32 / length as f32).sin_cos()).collect()
}

/// The discrete Fourier transform of `lines` series side by side, in place, decimated in time (Cooley and Tukey 1965). Value
/// `i` of all series comes before value `i + 1` of any; a series' length is a power of two.
#[inline(always)]
fn transform(re: &mut [f32], im: &mut [f32], lines: usize, waves: &[(f32, f32)]) {
    let length = 2 * waves.len();
    let bits = length.trailing_zeros();
    for i in 0..length {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            for values in [&mut *re, im] {
                let (before, after) = values.split_at_mut(j * lines);
                before[i * lines..][..lines].swap_with_slice(&mut after[..lines]);
            }
        }
    }
    let mut half = 1;
    while half < length {
        let pairs = re.chunks_exact_mut(2 * half * lines).zip(im.chunks_exact_mut(2 * half * lines));
        for (re, im) in pairs {
            let ((even_re, odd_re), (even_im, odd_im)) = (re.split_at_mut(half * lines), im.split_at_mut(half * lines));
            let evens = even_re.chunks_exact_mut(lines).zip(even_im.chunks_exact_mut(lines));
            let odds = odd_re.chunks_exact_mut(lines).zip(odd_im.chunks_exact_mut(lines));
            for ((even, odd), wave) in evens.zip(odds).zip(waves.iter().step_by(length / 2 / half)) {
                butterflies(even, odd, *wave);
            }
        }
        half *= 2;
    }
}

/// `even + wave * odd` and `even - wave * odd` in their places, line by line.
#[inline(always)]
fn butterflies(even: (&mut [f32], &mut [f32]), odd: (&mut [f32], &mut [f32]), (sin, cos): (f32, f32)) {
    let evens = even.0.iter_mut().zip(even.1);
    let odds = odd.0.iter_mut().zip(odd.1);
    for ((even_re, even_im), (odd_re, odd_im)) in evens.zip(odds) {
        let (re, im) = (*odd_re * cos - *odd_im * sin, *odd_re * sin + *odd_im * cos);
        (*odd_re, *odd_im) = (*even_re - re, *even_im - im);
        (*even_re, *even_im) = (*even_re + re, *even_im + im);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_of_a_wave_is_its_frequency() {
        // Two series side by side, of 3 and of 5 periods.
        let mut re: Vec<f32> =
            (0..32).map(|i| (TAU * (3 + 2 * (i % 2)) as f32 * (i / 2) as f32 / 16.0).cos()).collect();
        let mut im = vec![0.0; 32];
        transform(&mut re, &mut im, 2, &waves(16));
        for (i, (re, im)) in re.iter().zip(&im).enumerate() {
            let period = 3 + 2 * (i % 2);
            let expected = if [period, 16 - period].contains(&(i / 2)) { 8.0 } else { 0.0 };
            assert!((re - expected).abs() < 1e-4 && im.abs() < 1e-4, "{i}: {re} {im}");
        }
    }

    #[test]
    fn bands_over_noise_stand_out_and_noise_alone_does_not() {
        let film = |bands: f32| {
            let luma = (0..300u32 * 280).map(|i| {
                let mixed = (i ^ i >> 15).wrapping_mul(0x85EB_CA6B);
                let noise = ((mixed ^ mixed >> 13).wrapping_mul(0xC2B2_AE35) >> 20) as f32;
                let wave = (TAU * ((i % 300) as f32 * 0.06 + (i / 300) as f32 * 0.045)).sin();
                (30_000.0 + noise + bands * wave) as u16
            });
            moire(&Radiograph::from_luma(300, 280, luma.collect()))
        };
        assert!(film(0.0) < 8.0, "{}", film(0.0));
        assert!(film(600.0) > 12.0, "{}", film(600.0));
        assert_eq!(moire(&Radiograph::from_luma(255, 300, vec![0; 76_500])), 0.0);
    }
}
