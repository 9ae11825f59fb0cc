//! Sequential JPEG with Huffman codes (ITU-T T.81, annexes A and F): DICOM's process 4, of 12 bits, and pictures of 8 bits
//! whose scans or resolutions zune-jpeg does not decode rightly.

use std::f32::consts::PI;

use super::error::{broken, ends_early};
use super::frame::{Frame, Part, Scan};
use super::huffman::Bits;
use crate::Result;

const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// A colour's samples, whole blocks of them.
struct SamplePlane {
    samples: Vec<u16>,
    blocks_across: usize,
    /// Blocks that hold pixels of the picture, across and down.
    used: (usize, usize),
}

/// The samples, colours together, whatever the resolution of each; `scan` is the first one, if its header was read already.
///
/// # Errors
/// A failure when the picture is cut off or damaged.
pub(super) fn decode(mut frame: Frame, mut scan: Option<Scan>) -> Result<Vec<u16>> {
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let across = frame.components.iter().map(|component| component.across).max().unwrap_or(1);
    let down = frame.components.iter().map(|component| component.down).max().unwrap_or(1);
    let units = (width.div_ceil(8 * across), height.div_ceil(8 * down));
    let planes = frame.components.iter().map(|component| {
        let (blocks_across, blocks_down) = (units.0 * component.across, units.1 * component.down);
        let used = ((width * component.across).div_ceil(8 * across), (height * component.down).div_ceil(8 * down));
        SamplePlane { samples: vec![0; 64 * blocks_across * blocks_down], blocks_across, used }
    });
    let mut planes: Vec<SamplePlane> = planes.collect();
    let cosines = cosines();
    let mut seen = 0;
    while seen < planes.len() {
        let next = match scan.take() {
            Some(first) => first,
            None => frame.next_scan()?.ok_or_else(ends_early)?,
        };
        decode_scan(&frame, &next, units, &mut planes, &cosines)?;
        seen += next.parts.len();
    }
    let colours = planes.len();
    let mut samples = vec![0; width * height * colours];
    for (nth, (plane, component)) in planes.iter().zip(&frame.components).enumerate() {
        let columns = neighbours(width, component.across, across);
        for (row, &[y, next]) in neighbours(height, component.down, down).iter().enumerate() {
            let stride = plane.blocks_across * 8;
            let (near, far) = (&plane.samples[y * stride..], &plane.samples[next * stride..]);
            let pixels = samples[row * width * colours + nth..].iter_mut().step_by(colours);
            for (sample, &[x, beside]) in pixels.zip(&columns) {
                let sum = |row: &[u16]| 3 * u32::from(row[x]) + u32::from(row[beside]);
                *sample = ((3 * sum(near) + sum(far) + 8) >> 4) as u16;
            }
        }
    }
    Ok(samples)
}

/// For each of `pixels` in a direction, where a component of `factor` among `most` has its sample, and the one that a
/// quarter is taken of: the next on its other side where two pixels share one, as libjpeg brings such colours to full
/// resolution, else the same again.
fn neighbours(pixels: usize, factor: usize, most: usize) -> Vec<[usize; 2]> {
    let last = (pixels * factor).div_ceil(most).saturating_sub(1);
    let shared = most == 2 * factor;
    (0..pixels)
        .map(|pixel| {
            let at = pixel * factor / most;
            let beside = if pixel % 2 == 0 { at.saturating_sub(1) } else { (at + 1).min(last) };
            [at, if shared { beside } else { at }]
        })
        .collect()
}

fn decode_scan(
    frame: &Frame,
    scan: &Scan,
    units: (usize, usize),
    planes: &mut [SamplePlane],
    cosines: &[f32; 64],
) -> Result<()> {
    let mut bits = Bits::new(frame.rest);
    let mut before = [0i32; 4];
    // T.81, A.2: a scan of one colour has its blocks row by row; one of several has them unit by unit.
    let alone = scan.parts.len() == 1;
    let (units_across, units_down) = if alone { planes[scan.parts[0].component].used } else { units };
    for unit in 0..units_across * units_down {
        if frame.restart > 0 && unit > 0 && unit.is_multiple_of(frame.restart) {
            bits.restart()?;
            before = [0; 4];
        }
        let (left, top) = (unit % units_across, unit / units_across);
        for (nth, part) in scan.parts.iter().enumerate() {
            let component = frame.components[part.component];
            let (across, down) = if alone { (1, 1) } else { (component.across, component.down) };
            for block in 0..across * down {
                let coefficients = coefficients(frame, part, &mut bits, &mut before[nth])?;
                let plane = &mut planes[part.component];
                let (x, y) = (left * across + block % across, top * down + block / across);
                let stride = plane.blocks_across * 8;
                let samples = &mut plane.samples[y * 8 * stride + x * 8..];
                inverse(&coefficients, cosines, frame.precision, samples, stride);
            }
        }
    }
    Ok(())
}

/// A block's coefficients, row by row, multiplied by their steps (T.81, F.2.2 and A.3.4).
fn coefficients(frame: &Frame, part: &Part, bits: &mut Bits, before: &mut i32) -> Result<[f32; 64]> {
    let (Some(dc), Some(ac)) = (&frame.dc[part.dc], &frame.ac[part.ac]) else {
        return Err(broken("it has no Huffman table for a colour"));
    };
    let steps = &frame.quantisers[frame.components[part.component].quantiser];
    let mut block = [0.0; 64];
    let size = bits.symbol(dc)?;
    if size > 15 {
        return Err(broken("it has a coefficient of too many bits"));
    }
    *before = before.wrapping_add(bits.signed(size)?);
    block[0] = *before as f32 * f32::from(steps[0]);
    let mut at = 1;
    while at < 64 {
        let symbol = bits.symbol(ac)?;
        let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
        match (zeros, size) {
            (15, 0) => at += 16,
            (_, 0) => break,
            _ => {
                at += zeros;
                let place = ZIGZAG.get(at).ok_or_else(|| broken("it has a block of too many coefficients"))?;
                block[*place] = bits.signed(size)? as f32 * f32::from(steps[at]);
                at += 1;
            }
        }
    }
    Ok(block)
}

/// What frequency `v` adds at place `y`, at `8 * v + y`, weighted as T.81, A.3.3 says.
fn cosines() -> [f32; 64] {
    std::array::from_fn(|i| {
        let (frequency, place) = (i / 8, i % 8);
        let weight = if frequency == 0 { 0.5f32.sqrt() } else { 1.0 };
        weight / 2.0 * ((2 * place + 1) as f32 * frequency as f32 * PI / 16.0).cos()
    })
}

/// The inverse transform of a block, rows and columns apart, to samples of `precision` bits.
fn inverse(block: &[f32; 64], cosines: &[f32; 64], precision: u8, samples: &mut [u16], stride: usize) {
    let half = f32::from(1u16 << (precision - 1));
    let mut rows = [0.0; 64];
    for v in 0..8 {
        for x in 0..8 {
            rows[8 * v + x] = (0..8).map(|u| block[8 * v + u] * cosines[8 * u + x]).sum();
        }
    }
    for y in 0..8 {
        for x in 0..8 {
            let value: f32 = (0..8).map(|v| rows[8 * v + x] * cosines[8 * v + y]).sum();
            samples[y * stride + x] = (value + half).round().clamp(0.0, 2.0 * half - 1.0) as u16;
        }
    }
}
