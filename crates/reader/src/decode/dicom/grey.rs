//! From stored values to luma, in the order of PS3.4, section N.2: modality, values of interest, presentation.
//!
//! Every step maps one value to one, so all of them together are one table over the stored values.

use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::difference::Differences;
use super::layout::{Layout, Photometric};
use super::lut::Lut;
use super::sample_format::SampleFormat;
use super::window::Window;
use crate::{Result, Warning, WarningKind};

/// Of a picture that is shown, the luma of one pixel in a hundred and of all but one in a hundred differ by more than this
/// share of the range. A transform that leaves less shows nearly nothing.
const LEAST_CONTRAST: f64 = 0.1;
/// The same of one that leaves fewer pixels than this between black and white.
const LEAST_BETWEEN: f64 = 0.07;
/// And of one that leaves more pixels than this white. Black may be what is beside a film.
const MOST_WHITE: f64 = 0.85;
/// So few of the least and of the largest values may be words on the picture, or single pixels.
const FEW: f64 = 0.01;
/// One pixel in so many is counted for that.
const EVERY: usize = 5;

/// Luma, `0..=65535`, of a grey film's stored values, as its header says to look at it.
///
/// Or, of a film whose window hides some of them, the `whole` range that they may have: then with what the window shows of it, the
/// middle between black and white and how far those are apart, as shares of the range.
///
/// # Errors
/// A failure when a transform is no number or no table.
pub(super) fn luma(
    data_set: &DataSet,
    layout: &Layout,
    samples: Vec<u16>,
    whole: bool,
    differences: &mut Differences,
) -> Result<(Vec<u16>, Option<[f64; 2]>)> {
    let format = SampleFormat::new(layout);
    let padding = Padding::read(data_set, &format);
    let modality = Modality::read(data_set, &format, differences)?;
    let voi = VoiTransform::read(data_set, modality.range(&format)[0], differences)?;
    let inverted = layout.photometric == Photometric::Monochrome1
        || data_set.text(tags::PRESENTATION_LUT_SHAPE) == Some("INVERSE");
    let table = |voi: &VoiTransform| -> Vec<u16> {
        let of = |bits: u16| {
            let value = format.value(bits);
            if padding.holds(value) {
                return 0;
            }
            let luma = (voi.of(modality.of(value)) * 65535.0).round() as u16;
            if inverted { u16::MAX - luma } else { luma }
        };
        (0..=u16::MAX >> (16 - layout.bits_stored)).map(of).collect()
    };
    let range = |beyond| full_range(layout, &format, &padding, &modality, &samples, beyond);
    let first = voi.unwrap_or_else(|| range(0.0));
    let mut shown = table(&first);
    let mut shown_of_range = None;
    if !is_seen(&shown, &format, &samples) {
        let others = [0.0, FEW].into_iter().map(|beyond| (range(beyond), table(&range(beyond))));
        if let Some((range, other)) = others.into_iter().find(|(_, table)| is_seen(table, &format, &samples)) {
            differences.warn(not_shown(&first, &range));
            shown = other;
        }
    } else if let (true, VoiTransform::Window(window)) = (whole, &first)
        && let (Some([middle, apart]), [least, most]) = (window.line(), modality.range(&format))
    {
        let share = (middle - least) / (most - least);
        shown_of_range = Some([if inverted { 1.0 - share } else { share }, apart / (most - least)]);
        shown = table(&VoiTransform::Range { least, most });
    }
    Ok((samples.into_iter().map(|sample| shown[usize::from(format.bits(sample))]).collect(), shown_of_range))
}

/// Whether something is to be seen of the picture: its darkest hundredth is darker than its brightest, and not nearly
/// everything is black or white.
fn is_seen(table: &[u16], format: &SampleFormat, samples: &[u16]) -> bool {
    let mut counts = vec![0u32; 1 << 16];
    samples.iter().step_by(EVERY).for_each(|&sample| counts[usize::from(table[usize::from(format.bits(sample))])] += 1);
    let hundredth = counts.iter().sum::<u32>() / 100;
    let mut passed = 0;
    let darkest = counts.iter().position(|count| {
        passed += count;
        passed > hundredth
    });
    passed = 0;
    let brightest = counts.iter().rposition(|count| {
        passed += count;
        passed > hundredth
    });
    let contrast = (brightest.unwrap_or(0) as f64 - darkest.unwrap_or(0) as f64) / 65535.0;
    let between: u32 = counts[1..65535].iter().sum();
    let all = f64::from(counts.iter().sum::<u32>());
    let few_are_white = f64::from(counts[65535]) <= MOST_WHITE * all;
    contrast >= LEAST_CONTRAST && f64::from(between) >= LEAST_BETWEEN * all && few_are_white
}

fn not_shown(voi: &VoiTransform, range: &VoiTransform) -> Warning {
    let what = match voi {
        VoiTransform::Window(window) => window.to_string(),
        VoiTransform::Table { .. } => "the header's table of values of interest".into(),
        VoiTransform::Range { .. } => "the range of all values".into(),
    };
    let values = match range {
        VoiTransform::Range { least, most } => format!("nearly all of whose values are {least} to {most}"),
        _ => String::new(),
    };
    let text = format!("{what} shows nearly nothing of the picture, {values}; these were shown instead");
    Warning::new(WarningKind::RangeStretched, text)
}

/// Values that are no part of the picture (PS3.3, section C.7.5.1.1.2); they are shown black.
struct Padding(Option<(i32, i32)>);

impl Padding {
    /// A value that the picture cannot have is none of its padding.
    fn read(data_set: &DataSet, format: &SampleFormat) -> Self {
        let value = data_set.short(tags::PIXEL_PADDING_VALUE).and_then(|word| format.named(word));
        let Some(value) = value else { return Self(None) };
        let limit =
            data_set.short(tags::PIXEL_PADDING_RANGE_LIMIT).and_then(|word| format.named(word)).unwrap_or(value);
        Self(Some((value.min(limit), value.max(limit))))
    }

    fn holds(&self, value: i32) -> bool {
        self.0.is_some_and(|(least, most)| (least..=most).contains(&value))
    }
}

/// The modality transform (PS3.3, section C.11.1): a table, or slope and intercept.
enum Modality {
    Table(Lut),
    Rescale { slope: f64, intercept: f64 },
}

impl Modality {
    fn read(data_set: &DataSet, format: &SampleFormat, differences: &mut Differences) -> Result<Self> {
        if let Some(item) = data_set.item(tags::MODALITY_LUT_SEQUENCE)?
            && let Some(table) = Lut::read(&item, format.range()[0].into(), differences)?
        {
            return Ok(Self::Table(table));
        }
        let mut slope = data_set.number(tags::RESCALE_SLOPE, 0)?.unwrap_or(1.0);
        let intercept = data_set.number(tags::RESCALE_INTERCEPT, 0)?.unwrap_or(0.0);
        if slope == 0.0 {
            differences.note("its Rescale Slope is 0, by which all values would be the same".into());
            slope = 1.0;
        }
        Ok(Self::Rescale { slope, intercept })
    }

    fn of(&self, value: i32) -> f64 {
        match self {
            Self::Table(table) => table.of(f64::from(value)),
            Self::Rescale { slope, intercept } => f64::from(value) * slope + intercept,
        }
    }

    /// The least and the most value that it may give.
    fn range(&self, format: &SampleFormat) -> [f64; 2] {
        match self {
            Self::Table(table) => table.range(),
            Self::Rescale { .. } => {
                let [a, b] = format.range().map(|value| self.of(value));
                [a.min(b), a.max(b)]
            }
        }
    }

    fn is_identity(&self) -> bool {
        matches!(self, Self::Rescale { slope: 1.0, intercept: 0.0 })
    }
}

/// The values of interest (PS3.3, section C.11.2), as `0.0..=1.0`: a table, a window, or a range.
enum VoiTransform {
    Table { lut: Lut, black: f64, white: f64 },
    Window(Window),
    Range { least: f64, most: f64 },
}

impl VoiTransform {
    /// The transform that the header names, for values from `least` on.
    fn read(data_set: &DataSet, least: f64, differences: &mut Differences) -> Result<Option<Self>> {
        if let Some(item) = data_set.item(tags::VOILUT_SEQUENCE)?
            && let Some(lut) = Lut::read(&item, least, differences)?
        {
            let [black, white] = lut.scale(differences);
            return Ok(Some(Self::Table { lut, black, white }));
        }
        let window = Window::read(data_set).unwrap_or_else(|why| {
            let text =
                format!("the header's window cannot be used: {why}; the picture's whole range was shown instead");
            differences.warn(Warning::new(WarningKind::RangeStretched, text));
            None
        });
        Ok(window.map(Self::Window))
    }

    fn of(&self, value: f64) -> f64 {
        let share = |value: f64, least: f64, most: f64| {
            if most > least { ((value - least) / (most - least)).clamp(0.0, 1.0) } else { 0.0 }
        };
        match self {
            Self::Table { lut, black, white } => share(lut.of(value), *black, *white),
            Self::Window(window) => window.of(value),
            Self::Range { least, most } => share(value, *least, *most),
        }
    }
}

/// Without a transform to say what is of interest: samples of 8 bits are what a screen showed, and stay as they are; of
/// others the whole range is shown that the picture has, padding left out, less a share of pixels `beyond` it on either side.
fn full_range(
    layout: &Layout,
    format: &SampleFormat,
    padding: &Padding,
    modality: &Modality,
    samples: &[u16],
    beyond: f64,
) -> VoiTransform {
    if layout.bits_stored == 8 && !layout.signed && modality.is_identity() {
        return VoiTransform::Range { least: 0.0, most: 255.0 };
    }
    let last = u16::MAX >> (16 - layout.bits_stored);
    let mut counts = vec![0u32; usize::from(last) + 1];
    samples.iter().for_each(|&sample| counts[usize::from(format.bits(sample))] += 1);
    let present = (0..=last).map(|bits| (format.value(bits), counts[usize::from(bits)]));
    let shown = present.filter(|&(value, count)| count > 0 && !padding.holds(value));
    let mut shown: Vec<(f64, u32)> = shown.map(|(value, count)| (modality.of(value), count)).collect();
    shown.sort_by(|a, b| a.0.total_cmp(&b.0));
    let few = beyond * f64::from(shown.iter().map(|(_, count)| count).sum::<u32>());
    let first = |values: &[(f64, u32)]| {
        let mut passed = 0.0;
        let found = values.iter().find(|(_, count)| {
            passed += f64::from(*count);
            passed > few
        });
        found.map_or(0.0, |(value, _)| *value)
    };
    let least = first(&shown);
    shown.reverse();
    VoiTransform::Range { least, most: first(&shown) }
}
