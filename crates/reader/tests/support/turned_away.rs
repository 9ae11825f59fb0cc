use lungfield_reader::{Decoded, Kind, Limits};

use super::fixture::bytes;

/// Whether a file is turned away with this kind, as a refusal or a failure, by an error that `names` something.
pub fn turned_away(file: &str, kind: Kind, refusal: bool, names: &str) -> Result<(), String> {
    match Decoded::read(&bytes(file), &Limits::default()).map(|decoded| decoded.radiograph) {
        Ok(film) => Err(format!("{file}: read as a film of {} x {}, expected {kind:?}", film.width(), film.height())),
        Err(error) if error.kind() != kind => Err(format!("{file}: {error} ({:?}), expected {kind:?}", error.kind())),
        Err(error) if error.kind().is_refusal() != refusal => {
            Err(format!("{file}: a refusal for a failure or the reverse"))
        }
        Err(error) if !error.detail().contains(names) => Err(format!("{file}: \"{error}\" does not name {names}")),
        Err(_) => Ok(()),
    }
}
