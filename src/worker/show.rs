use lungfield_contract::Limits;
use lungfield_reader::{Decoded, Preview};
use web_sys::File;

use super::read::{Opened, open};
use crate::bridge::{FilmId, FromWorker, Location, Port};

/// Sends a picture of a film as it came: no model is needed for that.
pub(super) fn show(port: &Port, film: FilmId, location: Location, file: Option<&File>) {
    match open("", location, file) {
        Ok(Opened::Film(bytes)) => {
            if let Ok(decoded) = Decoded::read(&bytes, &Limits::default()) {
                port.send_shown(film, Preview::of(&decoded.radiograph));
            }
        }
        Ok(Opened::OtherFormat) => port.send(&FromWorker::NeedsAllFormats { film }),
        // What it is, and what is wrong with it, is said when it is read.
        Ok(Opened::Members(_) | Opened::Model) | Err(_) => {}
    }
}
