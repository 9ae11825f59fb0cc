use lungfield_reader::{Error, Manifest, Reader, Reason};
use web_sys::Url;

use super::download::download;
use crate::bridge::{FromWorker, LoadFailure, Port};

/// Loads the manifest at `address`, then the model beside it, telling the page how far it has come.
pub(super) async fn load(port: &Port, address: &str) -> Result<Reader, LoadFailure> {
    let json = download(address, |_| {}).await?;
    let manifest = Manifest::from_json(&json).map_err(refused)?;
    let absent = || LoadFailure::Download { detail: "the manifest names no network: run `lungfield convert`".into() };
    let network = manifest.network.as_ref().ok_or_else(absent)?;
    let beside = Url::new_with_base(&network.file, address)
        .map_err(|_| LoadFailure::Download { detail: format!("{} is no address", network.file) })?;
    // The length that a server states is that of the compressed file; the manifest knows the true one.
    let total = network.bytes;
    let model = download(&beside.href(), |received| port.send(&FromWorker::Downloading { received, total })).await?;
    port.send(&FromWorker::Preparing);
    Reader::new(manifest, &model).map_err(refused)
}

fn refused(error: Error) -> LoadFailure {
    LoadFailure::Model { reason: Reason { kind: error.kind(), message: error.to_string() } }
}
