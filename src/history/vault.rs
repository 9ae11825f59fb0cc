use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, AesKeyGenParams, CryptoKey, DedicatedWorkerGlobalScope, Pbkdf2Params, SubtleCrypto};

use crate::{bridge::HistoryFailure, device};

/// How often the key is derived: what OWASP asks for of PBKDF2 with HMAC-SHA-256 (Password Storage Cheat Sheet, 2023).
pub(super) const ITERATIONS: u32 = 600_000;
/// Bytes of the number that each sealing has of its own, which come first.
const NONCE: usize = 12;

/// What is sealed. One kind cannot be put in the place of another.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Check,
    Entry,
    Brief,
    Body,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Entry => "entry",
            Self::Brief => "brief",
            Self::Body => "body",
        }
    }
}

/// The key, which the browser does not give away.
pub(super) struct Key(CryptoKey);

impl Key {
    /// From a PIN.
    pub async fn derive(pin: &str, salt: &[u8], iterations: u32) -> Result<Self, HistoryFailure> {
        let derived = async {
            let subtle = subtle()?;
            let usages = |names: &[&str]| names.iter().map(|name| JsValue::from(*name)).collect::<Array>();
            let secret = Uint8Array::from(pin.as_bytes());
            let imported = subtle.import_key_with_str("raw", &secret, "PBKDF2", false, &usages(&["deriveKey"])).ok()?;
            let base: CryptoKey = JsFuture::from(imported).await.ok()?.dyn_into().ok()?;
            let how = Pbkdf2Params::new_with_str("PBKDF2", "SHA-256", iterations, &Uint8Array::from(salt));
            let key = AesKeyGenParams::new("AES-GCM", 256);
            let usages = usages(&["encrypt", "decrypt"]);
            let derived = subtle.derive_key_with_object_and_object(&how, &base, &key, false, &usages).ok()?;
            JsFuture::from(derived).await.ok()?.dyn_into().ok()
        };
        derived.await.map(Self).ok_or(HistoryFailure::Unavailable)
    }

    /// Seals bytes.
    pub async fn seal(&self, part: Part, plain: &[u8]) -> Result<Vec<u8>, HistoryFailure> {
        let nonce: [u8; NONCE] = device::random().ok_or(HistoryFailure::Unavailable)?;
        let sealed = subtle()
            .and_then(|subtle| subtle.encrypt_with_object_and_u8_array(&parameters(part, &nonce), &self.0, plain).ok());
        let sealed = JsFuture::from(sealed.ok_or(HistoryFailure::Unavailable)?).await;
        let sealed = Uint8Array::new(&sealed.map_err(|_| HistoryFailure::Unavailable)?);
        Ok([nonce.as_slice(), &sealed.to_vec()].concat())
    }

    /// Opens what was sealed; `None` where it was sealed with another key, as another part, or has changed.
    pub async fn open(&self, part: Part, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let opened = subtle()?.decrypt_with_object_and_u8_array(&parameters(part, nonce), &self.0, sealed).ok()?;
        Some(Uint8Array::new(&JsFuture::from(opened).await.ok()?).to_vec())
    }
}

fn parameters(part: Part, nonce: &[u8]) -> AesGcmParams {
    let parameters = AesGcmParams::new("AES-GCM", &Uint8Array::from(nonce));
    parameters.set_additional_data(&Uint8Array::from(part.name().as_bytes()));
    parameters
}

/// Absent where the page was not served securely.
fn subtle() -> Option<SubtleCrypto> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().ok()?;
    Reflect::get(scope.crypto().ok()?.as_ref(), &"subtle".into()).ok()?.dyn_into().ok()
}
