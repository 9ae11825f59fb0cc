use super::graph::Tensor;

/// What a network says of one film, short of the logit.
pub(crate) struct Outputs {
    /// Of the explained layer.
    pub(crate) activations: Tensor,
    /// What the gate looks at.
    pub(crate) gate: Tensor,
    /// A score for each of the gate's orientations.
    pub(crate) orientations: Tensor,
    /// The score of adults' films.
    pub(crate) adult: Option<Tensor>,
}
