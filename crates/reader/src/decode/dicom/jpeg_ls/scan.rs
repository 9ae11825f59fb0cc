//! The samples of a scan (T.87, annexes A and B): predicted from their neighbours, or copied in runs.

use super::super::broken::broken;
use super::bits::Bits;
use super::context::{Context, EndOfRun};
use super::frame::{Interleave, Scan};
use super::parameters::Parameters;
use crate::Result;

/// How many bits say the length of a run, `J` (A.2.1).
const RUN_BITS: [u32; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Decodes a scan into its places among `samples`, which has `colours` of them for each pixel, `columns` pixels a row.
///
/// # Errors
/// A failure when the bits end early or cannot be.
pub(super) fn decode(scan: &Scan, columns: usize, colours: usize, samples: &mut [u16]) -> Result<()> {
    let mut decoder = Decoder::new(scan);
    let mut lines = vec![Line::new(columns); scan.components.len()];
    let mut runs = vec![0; scan.components.len()];
    for row in samples.chunks_exact_mut(columns * colours) {
        lines.iter_mut().for_each(Line::next);
        match scan.interleave {
            Interleave::Sample => decoder.line(&mut lines, &mut runs[0])?,
            Interleave::None | Interleave::Line => {
                for (line, run) in lines.chunks_exact_mut(1).zip(&mut runs) {
                    decoder.line(line, run)?;
                }
            }
        }
        for (line, &component) in lines.iter().zip(&scan.components) {
            for (sample, &value) in row[component..].iter_mut().step_by(colours).zip(&line.here[1..]) {
                *sample = value as u16;
            }
        }
    }
    Ok(())
}

/// A component's line and the one above it, each with one sample before its first and one after its last.
#[derive(Clone, Debug)]
struct Line {
    above: Vec<i32>,
    here: Vec<i32>,
}

/// The samples around the one to come (A.1).
#[derive(Clone, Copy)]
struct Around {
    /// To the left, `Ra`.
    left: i32,
    /// Above, `Rb`.
    above: i32,
    /// Above the left one, `Rc`.
    corner: i32,
    /// Above the right one, `Rd`.
    ahead: i32,
}

impl Line {
    fn new(columns: usize) -> Self {
        Self { above: vec![0; columns + 2], here: vec![0; columns + 2] }
    }

    /// Goes on to the next line.
    fn next(&mut self) {
        std::mem::swap(&mut self.above, &mut self.here);
        let last = self.above.len() - 1;
        self.above[last] = self.above[last - 1];
        self.here[0] = self.above[1];
    }

    fn around(&self, column: usize) -> Around {
        let [corner, above, ahead] = [self.above[column - 1], self.above[column], self.above[column + 1]];
        Around { left: self.here[column - 1], above, corner, ahead }
    }
}

struct Decoder<'a> {
    bits: Bits<'a>,
    parameters: &'a Parameters,
    contexts: Vec<Context>,
    /// Of neighbours that differ, and of those that are alike.
    ends: [EndOfRun; 2],
}

impl<'a> Decoder<'a> {
    fn new(scan: &'a Scan) -> Self {
        let parameters = &scan.parameters;
        Self {
            bits: Bits::new(scan.bits),
            parameters,
            contexts: vec![Context::new(parameters); 365],
            ends: [false, true].map(|alike| EndOfRun::new(alike, parameters)),
        }
    }

    /// Decodes a line of each component, whose samples alternate; `run` is where in [`RUN_BITS`] their runs are.
    fn line(&mut self, lines: &mut [Line], run: &mut usize) -> Result<()> {
        let end = lines[0].here.len() - 1;
        let mut column = 1;
        while column < end {
            if lines.iter().all(|line| self.class(line.around(column)) == 0) {
                column += self.run(lines, column, end - column, run)?;
                continue;
            }
            for line in &mut *lines {
                line.here[column] = self.sample(line.around(column))?;
            }
            column += 1;
        }
        Ok(())
    }

    /// The class of a neighbourhood: -364 to 364, 0 for a flat one, the sign that of its mirror image (A.3.3, A.3.4).
    fn class(&self, Around { left, above, corner, ahead }: Around) -> i32 {
        let Parameters { near, thresholds: [t1, t2, t3], .. } = *self.parameters;
        let of = |gradient: i32| {
            let size = gradient.abs();
            let class = i32::from(size > near) + i32::from(size >= t1) + i32::from(size >= t2) + i32::from(size >= t3);
            class * gradient.signum()
        };
        81 * of(ahead - above) + 9 * of(above - corner) + of(corner - left)
    }

    /// A sample by itself (A.4 to A.6).
    fn sample(&mut self, around: Around) -> Result<i32> {
        let class = self.class(around);
        let context = &mut self.contexts[class.unsigned_abs() as usize];
        let sign = if class < 0 { -1 } else { 1 };
        let Around { left, above, corner, .. } = around;
        let edge = if corner >= left.max(above) {
            left.min(above)
        } else if corner <= left.min(above) {
            left.max(above)
        } else {
            left + above - corner
        };
        let predicted = (edge + sign * context.correction).clamp(0, self.parameters.max);
        let order = context.order();
        let code = code(&mut self.bits, order, self.parameters.limit, self.parameters)?;
        let error = context.error(code, order, self.parameters);
        context.learn(error, self.parameters);
        Ok(reconstructed(predicted, sign * error, self.parameters))
    }

    /// A run with the samples that end it, if it ends before the `left` samples of the line do (A.7). Gives how many
    /// samples of each line were decoded.
    fn run(&mut self, lines: &mut [Line], column: usize, left: usize, run: &mut usize) -> Result<usize> {
        let mut length = 0;
        let ended = loop {
            if self.bits.read(1)? == 0 {
                length += self.bits.read(RUN_BITS[*run])? as usize;
                break true;
            }
            length += 1 << RUN_BITS[*run];
            if length <= left {
                *run = (*run + 1).min(31);
            }
            if length >= left {
                length = left;
                break false;
            }
        };
        if ended && length >= left {
            return Err(broken("its JPEG-LS has a run that leaves its line"));
        }
        for line in &mut *lines {
            let value = line.here[column - 1];
            line.here[column..column + length].fill(value);
        }
        if !ended {
            return Ok(length);
        }
        let alternate = lines.len() > 1;
        for line in lines {
            let around = line.around(column + length);
            line.here[column + length] = self.end_of_run(around, alternate, RUN_BITS[*run])?;
        }
        *run = run.saturating_sub(1);
        Ok(length + 1)
    }

    /// The sample after a run (A.7.2); one of several components counts as one whose neighbours differ (B.3).
    fn end_of_run(&mut self, around: Around, alternate: bool, run_bits: u32) -> Result<i32> {
        let Around { left, above, .. } = around;
        let alike = !alternate && (left - above).abs() <= self.parameters.near;
        let (predicted, sign) = match (alike, left > above) {
            (true, _) => (left, 1),
            (false, true) => (above, -1),
            (false, false) => (above, 1),
        };
        let end = &mut self.ends[usize::from(alike)];
        let order = end.order();
        let code = code(&mut self.bits, order, self.parameters.limit - run_bits - 1, self.parameters)?;
        Ok(reconstructed(predicted, sign * end.error(code, order, self.parameters), self.parameters))
    }
}

/// A prediction error's code. None is larger than twice their range, so that nothing that is learnt from them overflows.
fn code(bits: &mut Bits, order: u32, limit: u32, parameters: &Parameters) -> Result<u32> {
    let code = bits.golomb(order, limit, parameters.bits)?;
    if code > 2 * parameters.range as u32 {
        return Err(broken("its JPEG-LS has an error of prediction that cannot be"));
    }
    Ok(code)
}

/// The sample of a prediction and its error (A.4.5, A.8).
fn reconstructed(predicted: i32, error: i32, parameters: &Parameters) -> i32 {
    let Parameters { max, near, range, .. } = *parameters;
    let step = 2 * near + 1;
    let value = predicted + error * step;
    let wrapped = if value < -near {
        value + range * step
    } else if value > max + near {
        value - range * step
    } else {
        value
    };
    wrapped.clamp(0, max)
}
