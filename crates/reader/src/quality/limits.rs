use crate::{Finding, Flaw, Grade};

/// From where on a flaw makes a film suboptimal, and from where on uninterpretable.
struct FlawLimits {
    suboptimal: f64,
    uninterpretable: f64,
}

/// The limits, in the unit of the flaw. Each calls fewer than one in fifty of 1,628 children's films suboptimal; past
/// the second one answers change (`docs/quality.md`). Where position alone is at fault, a film stays readable.
fn limits(flaw: Flaw) -> FlawLimits {
    let (suboptimal, uninterpretable) = match flaw {
        Flaw::TooDark => (0.32, 0.12),
        Flaw::TooBright => (0.76, 0.90),
        Flaw::LowContrast => (0.24, 0.08),
        Flaw::Blurred => (0.42, 0.15),
        Flaw::Tilted => (10.0, f64::INFINITY),
        Flaw::OffCentre => (0.06, f64::INFINITY),
        Flaw::CutOff => (0.45, f64::INFINITY),
        Flaw::Uneven => (0.18, f64::INFINITY),
        Flaw::FarAway => (0.45, f64::NEG_INFINITY),
        Flaw::Small => (256.0, 200.0),
        Flaw::Glare => (0.003, 0.2),
        Flaw::Moire => (12.0, f64::INFINITY),
    };
    FlawLimits { suboptimal, uninterpretable }
}

/// Whether more is worse.
fn is_excess(flaw: Flaw) -> bool {
    use Flaw::{CutOff, Glare, Moire, OffCentre, Tilted, TooBright, Uneven};
    matches!(flaw, TooBright | Tilted | OffCentre | CutOff | Uneven | Glare | Moire)
}

/// What a measured value means.
pub(super) fn judge(flaw: Flaw, value: f64) -> Finding {
    let FlawLimits { suboptimal, uninterpretable } = limits(flaw);
    let passes = |limit: f64| if is_excess(flaw) { value > limit } else { value < limit };
    let (limit, grade) = if passes(uninterpretable) {
        (uninterpretable, Grade::Uninterpretable)
    } else if passes(suboptimal) {
        (suboptimal, Grade::Suboptimal)
    } else {
        (suboptimal, Grade::Adequate)
    };
    Finding { kind: flaw, value, limit, grade }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_at_a_limit_has_not_passed_it() {
        for flaw in Flaw::ALL {
            let limit = limits(flaw).suboptimal;
            assert_eq!(judge(flaw, limit).grade, Grade::Adequate, "{flaw:?}");
            let beyond = if is_excess(flaw) { limit * 1.01 } else { limit * 0.99 };
            assert_eq!(judge(flaw, beyond).grade, Grade::Suboptimal, "{flaw:?}");
        }
    }

    #[test]
    fn the_limit_that_was_passed_is_named() {
        let found = judge(Flaw::Small, 150.0);
        assert_eq!((found.grade, found.limit), (Grade::Uninterpretable, 200.0));
    }
}
