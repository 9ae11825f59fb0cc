//! The window (PS3.3, section C.11.2.1.2): which values are shown between black and white, and how.

use std::fmt;

use dicom_dictionary_std::tags;

use super::data_set::DataSet;

/// How values inside a window become brightness (PS3.3, section C.11.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Linear,
    LinearExact,
    Sigmoid,
}

/// The first window of a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    centre: f64,
    width: f64,
    function: Function,
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header's window (centre {}, width {})", self.centre, self.width)
    }
}

impl Window {
    /// The first window, if the film has one.
    ///
    /// # Errors
    /// Why it cannot be used, as the end of a sentence.
    pub(super) fn read(data_set: &DataSet) -> Result<Option<Self>, String> {
        let number = |tag| data_set.number(tag, 0).map_err(|_| "its centre or its width is no number");
        let (Some(centre), Some(width)) = (number(tags::WINDOW_CENTER)?, number(tags::WINDOW_WIDTH)?) else {
            return Ok(None);
        };
        let function = match data_set.text(tags::VOILUT_FUNCTION).map(str::to_ascii_uppercase).as_deref() {
            None | Some("LINEAR") => Function::Linear,
            Some("LINEAR_EXACT") => Function::LinearExact,
            Some("SIGMOID") => Function::Sigmoid,
            Some(_) => return Err("its function is none of LINEAR, LINEAR_EXACT and SIGMOID".into()),
        };
        let wide_enough = if function == Function::Linear { width >= 1.0 } else { width > 0.0 };
        if wide_enough { Ok(Some(Self { centre, width, function })) } else { Err(format!("its width is {width}")) }
    }

    /// What lies in the middle between black and white and how far those are apart, of a window that is a straight line.
    pub(super) fn line(&self) -> Option<[f64; 2]> {
        match self.function {
            Function::Linear if self.width > 1.0 => Some([self.centre - 0.5, self.width - 1.0]),
            Function::LinearExact => Some([self.centre, self.width]),
            _ => None,
        }
    }

    /// The brightness of a value, `0.0..=1.0`.
    pub(super) fn of(&self, value: f64) -> f64 {
        let Self { centre, width, function } = *self;
        match function {
            // Not left to the general formula: a window of width 1 is a step.
            Function::Linear if value <= centre - 0.5 - (width - 1.0) / 2.0 => 0.0,
            Function::Linear if value > centre - 0.5 + (width - 1.0) / 2.0 => 1.0,
            Function::Linear => ((value - (centre - 0.5)) / (width - 1.0) + 0.5).clamp(0.0, 1.0),
            Function::LinearExact => ((value - centre) / width + 0.5).clamp(0.0, 1.0),
            Function::Sigmoid => 1.0 / (1.0 + (-4.0 * (value - centre) / width).exp()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(centre: f64, width: f64, function: Function, value: f64) -> f64 {
        Window { centre, width, function }.of(value)
    }

    #[test]
    fn the_examples_of_the_standard() {
        // PS3.3, C.11.2.1.2.1, its notes: 2048/4096 is the identity over 12 bits, 0/1 a step at 0.
        assert_eq!(of(2048.0, 4096.0, Function::Linear, 0.0), 0.0);
        assert_eq!(of(2048.0, 4096.0, Function::Linear, 4095.0), 1.0);
        assert!((of(2048.0, 4096.0, Function::Linear, 1000.0) - 1000.0 / 4095.0).abs() < 1e-12);
        assert_eq!([-1.0, 0.0].map(|v| of(0.0, 1.0, Function::Linear, v)), [0.0, 1.0]);
        assert_eq!([0.0, 2048.0, 4096.0].map(|v| of(2048.0, 4096.0, Function::LinearExact, v)), [0.0, 0.5, 1.0]);
        assert_eq!(of(100.0, 50.0, Function::Sigmoid, 100.0), 0.5);
        assert!((of(0.0, 4.0, Function::Sigmoid, 1.0) - 1.0 / (1.0 + (-1.0f64).exp())).abs() < 1e-12);
    }
}
