//! How good a film is to read, in the words of the WHO's reading of children's films (Cherian et al. 2005, Bull World
//! Health Organ 83:353): adequate, suboptimal, uninterpretable. `docs/quality.md` has what every limit was measured on.

mod blank;
mod limits;
mod measure;
mod moire;
mod tilt;

pub(crate) use blank::blank;
pub(crate) use measure::assess;
