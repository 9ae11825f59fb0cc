//! The option `--prevalence`.

use lungfield_reader::Prevalence;

/// A share as the user writes it: `0.05` for one film in twenty.
///
/// # Errors
/// When it is no number, or not between 0 and 1.
pub fn parse(text: &str) -> Result<Prevalence, String> {
    let share: f64 = text.parse().map_err(|_| "write a share, such as 0.05 for one in twenty".to_owned())?;
    Prevalence::new(share).ok_or_else(|| "a prevalence lies between 0 and 1".to_owned())
}
