//! What a scan is coded with (T.87, A.1, A.2.1 and C.2.4.1.1).

use super::super::broken::broken;
use crate::Result;

/// Coding parameters that a picture may name instead of the usual ones; 0 stands for the usual one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Preset {
    pub(super) max: u16,
    pub(super) thresholds: [u16; 3],
    pub(super) reset: u16,
}

/// The parameters of a scan.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parameters {
    /// The largest sample, `MAXVAL`: 1 to 65535.
    pub(super) max: i32,
    /// How far a decoded sample may be off, `NEAR`: 0 for lossless.
    pub(super) near: i32,
    /// How many prediction errors there are, `RANGE`.
    pub(super) range: i32,
    /// Bits of one of them, `qbpp`.
    pub(super) bits: u32,
    /// The longest Golomb code in bits, `LIMIT`.
    pub(super) limit: u32,
    /// Where gradients change their class, `T1` to `T3`.
    pub(super) thresholds: [i32; 3],
    /// After how many samples a context forgets half, `RESET`.
    pub(super) reset: i32,
}

impl Parameters {
    /// The parameters for samples of `precision` bits, 2 to 16.
    ///
    /// # Errors
    /// [`crate::Kind::Damaged`] for parameters outside the ranges of T.87, C.2.3 and C.2.4.1.1.
    pub(super) fn new(precision: u8, near: u8, preset: Preset) -> Result<Self> {
        let outside = || broken("its JPEG-LS has coding parameters that cannot be");
        let all = (1 << precision) - 1;
        let max = if preset.max == 0 { all } else { i32::from(preset.max) };
        let near = i32::from(near);
        if max > all || near > 255.min(max / 2) {
            return Err(outside());
        }
        let mut thresholds = usual_thresholds(max, near);
        for (threshold, named) in thresholds.iter_mut().zip(preset.thresholds) {
            if named != 0 {
                *threshold = named.into();
            }
        }
        let [t1, t2, t3] = thresholds;
        let reset = if preset.reset == 0 { 64 } else { i32::from(preset.reset) };
        if !(near < t1 && t1 <= t2 && t2 <= t3 && t3 <= max && (3..=255.max(max)).contains(&reset)) {
            return Err(outside());
        }
        let range = (max + 2 * near) / (2 * near + 1) + 1;
        let sample_bits = bits_for(max + 1).max(2);
        let limit = 2 * (sample_bits + sample_bits.max(8));
        Ok(Self { max, near, range, bits: bits_for(range), limit, thresholds, reset })
    }
}

/// Bits that tell `count` values apart.
fn bits_for(count: i32) -> u32 {
    (count - 1).checked_ilog2().map_or(0, |log| log + 1)
}

/// The thresholds that T.87, C.2.4.1.1.1 gives.
fn usual_thresholds(max: i32, near: i32) -> [i32; 3] {
    let clamped = |value: i32, least: i32| if value > max || value < least { least } else { value };
    let [t1, t2, t3] = if max >= 128 {
        let factor = (max.min(4095) + 128) / 256;
        [factor + 2 + 3 * near, 4 * factor + 3 + 5 * near, 17 * factor + 4 + 7 * near]
    } else {
        let factor = 256 / (max + 1);
        [2.max(3 / factor + 3 * near), 3.max(7 / factor + 5 * near), 4.max(21 / factor + 7 * near)]
    };
    let t1 = clamped(t1, near + 1);
    let t2 = clamped(t2, t1);
    [t1, t2, clamped(t3, t2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_parameters_are_those_of_the_standard() {
        let eight = Parameters::new(8, 0, Preset::default()).expect("parameters");
        assert_eq!((eight.thresholds, eight.range, eight.bits, eight.limit), ([3, 7, 21], 256, 8, 32));
        // T.87, table C.3 for 12 bits.
        let twelve = Parameters::new(12, 0, Preset::default()).expect("parameters");
        assert_eq!((twelve.thresholds, twelve.limit), ([18, 67, 276], 48));
        let near = Parameters::new(8, 3, Preset::default()).expect("parameters");
        assert_eq!((near.thresholds, near.range, near.bits), ([12, 22, 42], 38, 6));
    }

    #[test]
    fn parameters_that_cannot_be_are_turned_away() {
        let preset = |max, thresholds, reset| Preset { max, thresholds, reset };
        for wrong in [preset(256, [0; 3], 0), preset(0, [9, 7, 21], 0), preset(0, [0; 3], 2)] {
            assert!(Parameters::new(8, 0, wrong).is_err(), "{wrong:?}");
        }
        assert!(Parameters::new(2, 2, Preset::default()).is_err());
    }
}
