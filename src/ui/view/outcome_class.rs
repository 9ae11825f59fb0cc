use lungfield_contract::Outcome;

/// An outcome's name in styles and data attributes.
pub(super) fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Likely => "likely",
        Outcome::Uncertain => "uncertain",
        Outcome::Unlikely => "unlikely",
    }
}
