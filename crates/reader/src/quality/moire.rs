//! Moire: the bands that a screen's grid makes with a camera's, as one peak in the spectrum.

use std::f32::consts::TAU;

use crate::Radiograph;

/// The side of the part that is looked at, in pixels of the film's own.
const SIDE: usize = 256;
/// Frequencies nearer to an axis than this are left out: edges of the film and the blocks of a JPEG lie there.
const AXIS: usize = 3;
/// The lowest and the highest frequency looked at, in periods over the part: bands of 4 to 43 pixels.
const BAND: std::ops::Range<usize> = 6..64;

/// The largest amplitude in a ring of equal frequency over the ring's median, the largest over all rings. Noise has
/// about 3 to 4; 0 for a film too small to tell.
pub(super) fn moire(film: &Radiograph) -> f64 {
    let (width, height) = (film.width() as usize, film.height() as usize);
    if width < SIDE || height < SIDE {
        return 0.0;
    }
    let power = spectrum(film.luma(), width, ((width - SIDE) / 2, (height - SIDE) / 2));
    let mut rings = vec![Vec::new(); BAND.end];
    for row in 0..SIDE {
        // Half of the plane: the other is its mirror.
        for column in AXIS..SIDE / 2 {
            let up = row.min(SIDE - row);
            let ring = (column as f32).hypot(up as f32).round() as usize;
            if up >= AXIS && BAND.contains(&ring) {
                rings[ring].push(power[column * SIDE + row].sqrt());
            }
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

/// The power spectrum of the part at `(x, y)` under a Hann window, column by column, of those that are looked at.
fn spectrum(luma: &[u16], width: usize, (x, y): (usize, usize)) -> Vec<f32> {
    let part: Vec<f32> = (0..SIDE * SIDE).map(|i| f32::from(luma[(y + i / SIDE) * width + x + i % SIDE])).collect();
    let mean = part.iter().sum::<f32>() / part.len() as f32;
    let window: Vec<f32> = (0..SIDE).map(|i| 0.5 - 0.5 * (TAU * (i as f32 + 0.5) / SIDE as f32).cos()).collect();
    let mut re: Vec<f32> = (0..SIDE * SIDE).map(|i| (part[i] - mean) * window[i / SIDE] * window[i % SIDE]).collect();
    let mut im = vec![0.0; SIDE * SIDE];
    let waves = waves(SIDE);
    let each = |lines: std::ops::Range<usize>, re: &mut [f32], im: &mut [f32]| {
        for line in lines {
            let line = line * SIDE..(line + 1) * SIDE;
            transform(&mut re[line.clone()], &mut im[line], &waves);
        }
    };
    each(0..SIDE, &mut re, &mut im);
    transpose(&mut re);
    transpose(&mut im);
    each(AXIS..SIDE / 2, &mut re, &mut im);
    re.iter().zip(&im).map(|(re, im)| re * re + im * im).collect()
}

fn transpose(square: &mut [f32]) {
    for row in 0..SIDE {
        for column in 0..row {
            square.swap(row * SIDE + column, column * SIDE + row);
        }
    }
}

/// Sine and cosine of every angle that a transform of this length turns by.
fn waves(length: usize) -> Vec<(f32, f32)> {
    (0..length / 2).map(|k| (-TAU * k as f32 / length as f32).sin_cos()).collect()
}

/// The discrete Fourier transform in place, decimated in time (Cooley and Tukey 1965); the length is a power of two.
fn transform(re: &mut [f32], im: &mut [f32], waves: &[(f32, f32)]) {
    let length = re.len();
    let bits = length.trailing_zeros();
    for i in 0..length {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut half = 1;
    while half < length {
        for k in 0..half {
            let (sin, cos) = waves[k * (length / 2 / half)];
            for even in (k..length).step_by(2 * half) {
                let odd = even + half;
                let (r, i) = (re[odd] * cos - im[odd] * sin, re[odd] * sin + im[odd] * cos);
                (re[odd], im[odd]) = (re[even] - r, im[even] - i);
                (re[even], im[even]) = (re[even] + r, im[even] + i);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_of_a_wave_is_its_frequency() {
        let mut re: Vec<f32> = (0..16).map(|i| (TAU * 3.0 * i as f32 / 16.0).cos()).collect();
        let mut im = vec![0.0; 16];
        transform(&mut re, &mut im, &waves(16));
        for (k, (re, im)) in re.iter().zip(&im).enumerate() {
            let expected = if k == 3 || k == 13 { 8.0 } else { 0.0 };
            assert!((re - expected).abs() < 1e-4 && im.abs() < 1e-4, "{k}: {re} {im}");
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
