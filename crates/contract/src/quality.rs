use serde::{Deserialize, Serialize};

use crate::{Warning, WarningKind};

/// How good a film is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Nothing stands in the way of reading it.
    Adequate,
    /// It can be read, with care for what it lacks.
    Suboptimal,
    /// An answer would rest on what the film does not show; it is held back.
    Uninterpretable,
}

/// What a film may lack, each measured as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// Mean luma of the film's middle, `0..=1`, is too low.
    TooDark,
    /// The same is too high.
    TooBright,
    /// The 95th percentile of luma in the film's middle less the 5th, `0..=1`, is too low.
    LowContrast,
    /// Fine detail, as a share of coarse detail (at 256 pixels along the longer side), is too low.
    Blurred,
    /// The angle of the spine to the film's upright, in degrees, is too large.
    Tilted,
    /// The distance of the lungs' middle from the film's, as a share of the width, is too large.
    OffCentre,
    /// The share of one of the film's edges that lies in the lungs is too large: they are cut off there.
    CutOff,
    /// One lung is larger than the other by too large a share of both: the child may be turned about its long axis.
    Uneven,
    /// The smaller part of a side that the lungs take is too small.
    FarAway,
    /// The shorter side has too few pixels.
    Small,
    /// The share of the film's middle that is white through and through is too large: a lamp's reflection, or exposure.
    Glare,
    /// A single frequency stands out from its like by this factor: the bands of a screen's grid.
    Moire,
}

impl Flaw {
    /// Every flaw, in the order of their declaration and of a quality's findings.
    pub const ALL: [Flaw; 12] = [
        Flaw::TooDark,
        Flaw::TooBright,
        Flaw::LowContrast,
        Flaw::Blurred,
        Flaw::Tilted,
        Flaw::OffCentre,
        Flaw::CutOff,
        Flaw::Uneven,
        Flaw::FarAway,
        Flaw::Small,
        Flaw::Glare,
        Flaw::Moire,
    ];

    fn words(self) -> &'static str {
        match self {
            Flaw::TooDark => "it is too dark",
            Flaw::TooBright => "it is too bright",
            Flaw::LowContrast => "it has little contrast",
            Flaw::Blurred => "it is blurred",
            Flaw::Tilted => "the chest is tilted in it",
            Flaw::OffCentre => "the lungs are not in its middle",
            Flaw::CutOff => "the lungs are cut off at its edge",
            Flaw::Uneven => "one lung is much larger; the child may be rotated, or a lung hidden",
            Flaw::FarAway => "the lungs are small in it",
            Flaw::Small => "it is small",
            Flaw::Glare => "part of it is white, as by glare",
            Flaw::Moire => "it has the bands of a screen in it (moire)",
        }
    }
}

/// One flaw looked for, and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked for.
    pub kind: Flaw,
    /// What was measured, in the unit that [`Flaw`] names.
    pub value: f64,
    /// The limit that was passed, or else the one that was not: that of suboptimal.
    pub limit: f64,
    /// How good the film is in this.
    pub grade: Grade,
}

/// How good a film is to read, and every measurement that says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The worst grade among the findings.
    pub grade: Grade,
    /// A finding for every flaw, in the order of [`Flaw::ALL`], those without a fault included.
    pub findings: Vec<Finding>,
}

impl Quality {
    /// The findings that made the film less than adequate.
    pub fn flaws(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.grade != Grade::Adequate)
    }

    /// What to keep in mind with an answer for a film of this quality.
    pub(crate) fn warning(&self) -> Option<Warning> {
        let (kind, says) = match self.grade {
            Grade::Adequate => return None,
            Grade::Suboptimal => (WarningKind::Suboptimal, "the film is suboptimal"),
            Grade::Uninterpretable => (WarningKind::Uninterpretable, "the film is uninterpretable"),
        };
        let flaws: Vec<String> = self
            .flaws()
            .map(|Finding { kind, value, limit, .. }| format!("{} ({value:.2}, limit {limit})", kind.words()))
            .collect();
        Some(Warning::new(kind, format!("{says}: {}", flaws.join("; "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: Flaw, grade: Grade) -> Finding {
        Finding { kind, value: 0.25, limit: 0.3, grade }
    }

    #[test]
    fn a_warning_names_each_flaw_and_nothing_else() {
        let findings = vec![finding(Flaw::TooDark, Grade::Adequate), finding(Flaw::Blurred, Grade::Suboptimal)];
        let warning = Quality { grade: Grade::Suboptimal, findings }.warning().expect("a warning");
        assert_eq!(warning.kind, WarningKind::Suboptimal);
        assert_eq!(warning.message, "the film is suboptimal: it is blurred (0.25, limit 0.3)");
        assert!(!warning.kind.withholds_answer());
    }

    #[test]
    fn only_what_cannot_be_read_is_held_back() {
        let of = |grade| Quality { grade, findings: vec![finding(Flaw::Small, grade)] }.warning();
        assert_eq!(of(Grade::Adequate), None);
        assert!(of(Grade::Uninterpretable).expect("a warning").kind.withholds_answer());
    }
}
