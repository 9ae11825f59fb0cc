use js_sys::{Reflect, Uint8Array};
use lungfield_contract::{Error, Manifest, Reason};
use lungfield_reader::{Kernels, Reader, UnverifiedModel};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, SubtleCrypto, Url};

use super::download::download;
use crate::bridge::{FromWorker, LoadFailure, Port};

/// Loads the manifest at `address`, then the model beside it.
pub(super) async fn load(port: &Port, address: &str) -> Result<Reader, LoadFailure> {
    let json = download(address, 0).await?;
    let manifest = Manifest::from_json(&json).map_err(refused)?;
    let (file, bytes, kernels) = network(&manifest)?;
    let url = Url::new_with_base(file, address)
        .map_err(|_| LoadFailure::Download { detail: format!("{file} is no address") })?;
    let model = download(&url.href(), bytes).await?;
    port.send(&FromWorker::Preparing);
    let digest = sha256(&model);
    let unverified = UnverifiedModel::prepare(&manifest, &model, kernels);
    let digest = match digest {
        Some(digest) => digest.await.ok().and_then(|digest| Uint8Array::new(&digest).to_vec().try_into().ok()),
        None => None,
    };
    let digest = digest.unwrap_or_else(|| lungfield_reader::sha256(&model));
    let model = unverified.verify(&manifest, &digest).map_err(refused)?;
    Ok(Reader::new(manifest, model))
}

/// The file of the network that this build runs, its size, and what runs it.
fn network(manifest: &Manifest) -> Result<(&str, u64, Kernels), LoadFailure> {
    #[cfg(feature = "tract")]
    return Ok((&manifest.file, manifest.bytes, Kernels::Tract));
    #[cfg(not(feature = "tract"))]
    {
        let absent =
            || LoadFailure::Download { detail: "the manifest names no network: run `lungfield convert`".into() };
        let network = manifest.network.as_ref().ok_or_else(absent)?;
        Ok((&network.file, network.bytes, Kernels::default()))
    }
}

/// The browser's own SHA-256, which it computes beside this thread and has only for pages from a secure address.
fn sha256(bytes: &[u8]) -> Option<JsFuture> {
    let worker: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().ok()?;
    let subtle = Reflect::get(worker.crypto().ok()?.as_ref(), &"subtle".into()).ok()?;
    let subtle: SubtleCrypto = subtle.dyn_into().ok()?;
    let digest = subtle.digest_with_str_and_u8_array("SHA-256", bytes).ok()?;
    Some(JsFuture::from(digest))
}

fn refused(error: Error) -> LoadFailure {
    LoadFailure::Model { reason: Reason { kind: error.kind(), message: error.to_string() } }
}
