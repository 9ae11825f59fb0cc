use lungfield_reader::{ByHand, Error, Kind, ReadOptions, Stage, own::OwnModel};
use web_sys::File;

use super::{
    read::{Opened, clock, open},
    stream::FileStream,
};
use crate::bridge::{FilmId, FromWorker, Location, Port};

/// The most that a model's archive may have, in bytes: a browser's memory is less than a computer's.
const MOST_BYTES: f64 = 256e6;

/// Opens a model of the user's own, and tells the page what it is or why it is refused.
pub(super) fn open_model(port: &Port, file: Option<&File>) -> Option<OwnModel> {
    let refused = |reason: &str| port.send(&FromWorker::OwnRefused { reason: reason.into() });
    let Some(file) = file.filter(|file| file.size() <= MOST_BYTES) else {
        refused(&format!("the archive has more than {:.0} MB: store the network's weights as f16", MOST_BYTES / 1e6));
        return None;
    };
    let Some(bytes) = contents(file) else {
        refused("the browser could not open the file");
        return None;
    };
    match OwnModel::open(&bytes) {
        Ok(model) => {
            port.send(&FromWorker::OwnOpened { facts: Box::new(model.facts(&bytes)) });
            Some(model)
        }
        Err(error) => {
            refused(error.detail());
            None
        }
    }
}

fn contents(file: &File) -> Option<Vec<u8>> {
    let mut bytes = vec![0; file.size() as usize];
    std::io::Read::read_exact(&mut FileStream::open(file).ok()?, &mut bytes).ok()?;
    Some(bytes)
}

/// Reads a film with a model of the user's own.
pub(super) fn read(
    port: &Port,
    (gate, model): (&lungfield_reader::Reader, &OwnModel),
    film: FilmId,
    (name, location, by_hand): (&str, Location, ByHand),
    file: Option<&File>,
) {
    let reading = match open(name, location, file) {
        Ok(Opened::Film(bytes)) => {
            let clock = clock();
            model.read(name, &bytes, gate, ReadOptions { by_hand, clock: Some(&clock), ..ReadOptions::default() })
        }
        Ok(Opened::Members(_) | Opened::Model | Opened::OtherFormat) => {
            model.unread(name, &Error::new(Stage::Decode, Kind::UnsupportedFormat, "it is several films"))
        }
        Err(error) => model.unread(name, &error),
    };
    port.send(&FromWorker::OwnRead { film, reading: Box::new(reading) });
}
