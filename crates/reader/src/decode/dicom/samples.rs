//! Which bits of a sample are the picture's, where header and picture may differ: what is next to each other in a picture is
//! nearly alike, and jumps where bits are left out or a sign is seen where none is.

use super::difference::Differences;
use super::frame::Frame;
use super::layout::Layout;
use super::sample_format::SampleFormat;

/// The picture is believed where its neighbours are nearer in so many pairs for each one in which they are further apart.
const NEARER: usize = 3;
/// At least one pair in so many must be nearer.
const LEAST: usize = 1000;
/// One row in so many is looked at.
const EVERY: usize = 5;

/// The frame with the layout by which neighbours are alike: with the bits above those stored, or with another sign. `coded_signed` is
/// what a codestream says of its sign.
pub(super) fn believed(frame: Frame, coded_signed: Option<bool>, differences: &mut Differences) -> Frame {
    let layout = frame.layout;
    if layout.samples != 1 || layout.high_bit + 1 != layout.bits_stored {
        return frame;
    }
    let used = frame.samples.iter().fold(0, |used, sample| used | sample);
    let bits = (u16::BITS - used.leading_zeros()) as u16;
    let more = bits.saturating_sub(layout.bits_stored);
    if more > 0 && used.trailing_zeros() >= u32::from(more) {
        // As many of the lowest bits hold nothing: the samples stand higher than they should.
        let high_bit = bits - 1;
        differences.note(format!("its samples reach up to bit {high_bit}, its header says {}", layout.high_bit));
        return Frame { samples: frame.samples, layout: Layout { high_bit, ..layout } };
    }
    let more = (more > 0).then_some((bits, false));
    // Of 8 bits without a sign screens are made, whose words are black beside white.
    let may_have_sign = layout.signed || layout.bits_stored > 8 && coded_signed != Some(false);
    let sign = may_have_sign.then_some((layout.bits_stored, !layout.signed));
    let mut others = [more, sign].into_iter().flatten().map(|(bits, signed)| Layout {
        bits_stored: bits,
        high_bit: bits - 1,
        signed,
        ..layout
    });
    let Some(found) = others.find(|other| brings_nearer(&frame.samples, &layout, other)) else { return frame };
    let named = |bits: u16, signed: bool| format!("{bits} bits {} a sign", if signed { "with" } else { "without" });
    differences.note(format!(
        "its picture has samples of {}, its header says {}",
        named(found.bits_stored, found.signed),
        named(layout.bits_stored, layout.signed)
    ));
    Frame { samples: frame.samples, layout: found }
}

/// Whether of the neighbours in a row that are as far apart by one layout as not by another nearly all are nearer by the
/// other.
fn brings_nearer(samples: &[u16], layout: &Layout, other: &Layout) -> bool {
    let gains_sign = other.signed && !layout.signed;
    let [said, other] = [layout, other].map(SampleFormat::new);
    // Black beside white, as of words, is no evidence of a sign.
    let is_end = |sample: u16| gains_sign && said.range().contains(&said.value(said.bits(sample)));
    let apart = |format: &SampleFormat, pair: &[u16]| {
        let [a, b] = [pair[0], pair[1]].map(|sample| format.value(format.bits(sample)));
        a.abs_diff(b)
    };
    let (mut pairs, mut nearer, mut further) = (0, 0, 0);
    for row in samples.chunks_exact(usize::from(layout.columns)).step_by(EVERY) {
        for pair in row.windows(2) {
            let (by_said, by_other) = (apart(&said, pair), apart(&other, pair));
            pairs += 1;
            if pair.iter().any(|&sample| is_end(sample)) {
                continue;
            }
            nearer += usize::from(by_other < by_said);
            further += usize::from(by_other > by_said);
        }
    }
    nearer * LEAST > pairs && nearer > NEARER * further
}

#[cfg(test)]
mod tests {
    use super::super::layout::Photometric;
    use super::*;

    /// What is found of values in a header of these bits: bits and sign, and whether there is a warning.
    fn of(values: impl Fn(u32) -> u16, bits: u16, signed: bool) -> (u16, bool, bool) {
        let layout = Layout {
            rows: 64,
            columns: 64,
            photometric: Photometric::Monochrome2,
            samples: 1,
            planar: false,
            bits_allocated: 16,
            bits_stored: bits,
            high_bit: bits - 1,
            signed,
            frames: 1,
        };
        let mut differences = Differences::default();
        let samples = (0..64 * 64).map(|i| values(i % 64)).collect();
        let layout = believed(Frame { samples, layout }, None, &mut differences).layout;
        (layout.bits_stored, layout.signed, !differences.into_warnings().is_empty())
    }

    #[test]
    fn bits_that_belong_to_the_picture_are_told_from_others() {
        let fading = |x: u32| (x * 61) as u16;
        assert_eq!(of(fading, 12, false), (12, false, false));
        assert_eq!(of(fading, 10, false), (12, false, true));
        // Of an overlay.
        assert_eq!(of(|x| (x * 15) as u16 | (x as u16 * 7 % 3) << 12, 10, false), (10, false, false));
    }

    #[test]
    fn a_sign_that_is_none_is_told() {
        assert_eq!(of(|x| (x * 60) as u16, 12, true), (12, false, true));
        assert_eq!(of(|x| (x as i16 * 60 - 2000) as u16, 12, true), (12, true, false));
        assert_eq!(of(|x| (x as i16 * 60 - 2000) as u16 & 0xFFF, 12, false), (12, true, true));
        // Words of the largest value on black.
        assert_eq!(of(|x| if x % 9 == 0 { 4095 } else { 0 }, 12, false), (12, false, false));
    }

    #[test]
    fn samples_that_stand_higher_are_told() {
        assert_eq!(of(|x| (x * 60) as u16 * 16, 12, false), (12, false, true));
        assert_eq!(of(|x| (x * 60) as u16 * 8 + 1, 12, false), (15, false, true));
    }
}
