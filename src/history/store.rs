use idb::{Database, DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Query, Transaction, TransactionMode};
use js_sys::{Array, Uint8Array};
use lungfield_history::{SealedCase, Vault};
use wasm_bindgen::{JsCast, JsValue};

use crate::bridge::HistoryFailure;

/// The database. Its format is what the three stores hold.
const NAME: &str = "lungfield-history";
const FORMAT: u32 = 1;

/// The [`Vault`] as JSON, under the key `vault`.
const VAULT: &str = "vault";
/// The sealed entries of the log, each under its place.
const LOG: &str = "log";
/// The cases, each under its number: brief and body, both sealed.
const CASES: &str = "cases";

/// So many cases are in memory at once while all are gone through.
const CASES_AT_ONCE: u32 = 100;

/// What is stored on the device, in the browser's IndexedDB. Nothing of it is readable but the vault.
pub(super) struct Store(Database);

/// What is to be written at once, or not at all.
#[derive(Default)]
pub(super) struct Change<'a> {
    /// The next entry of the log, sealed.
    pub entry: &'a [u8],
    /// A case to be stored.
    pub kept: Option<&'a SealedCase>,
    /// Cases to be deleted.
    pub gone: &'a [u64],
}

/// Why a change was not written.
pub(super) enum Unwritten {
    /// Another window has changed something meanwhile.
    Overtaken,
    /// There is no room.
    NoRoom,
}

impl Store {
    /// Opens it, and makes it where there is none.
    pub async fn open() -> Result<Self, HistoryFailure> {
        let opened = async {
            let mut request = Factory::new()?.open(NAME, Some(FORMAT))?;
            request.on_upgrade_needed(|event| {
                let Ok(database) = event.database() else { return };
                for store in [VAULT, LOG, CASES] {
                    // One that cannot be made is missed by the first transaction.
                    let _ = database.create_object_store(store, ObjectStoreParams::new());
                }
            });
            request.await
        };
        opened.await.map(Self).map_err(unavailable)
    }

    /// The vault, if there is a history. `None` as well where it cannot be understood: by a newer version, perhaps.
    pub async fn vault(&self) -> Result<Option<Vault>, HistoryFailure> {
        let transaction = self.0.transaction(&[VAULT], TransactionMode::ReadOnly).map_err(unavailable)?;
        Ok(stored_vault(&transaction).await.map_err(unavailable)?.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// The sealed entries of the log, in their order.
    pub async fn log(&self) -> Result<Vec<Vec<u8>>, HistoryFailure> {
        let entries = async {
            let transaction = self.0.transaction(&[LOG], TransactionMode::ReadOnly)?;
            transaction.object_store(LOG)?.get_all(None, None)?.await
        };
        Ok(entries.await.map_err(unavailable)?.iter().map(bytes).collect())
    }

    /// The cases after one with this number, some at a time; none after the last.
    pub async fn cases_after(&self, case: u64) -> Result<Vec<SealedCase>, HistoryFailure> {
        let cases = async {
            let transaction = self.0.transaction(&[CASES], TransactionMode::ReadOnly)?;
            let store = transaction.object_store(CASES)?;
            let range = || KeyRange::lower_bound(&number(case), Some(true)).map(Query::KeyRange);
            let keys = store.get_all_keys(Some(range()?), Some(CASES_AT_ONCE))?.await?;
            let values = store.get_all(Some(range()?), Some(CASES_AT_ONCE))?.await?;
            Ok((keys, values))
        };
        let (keys, values) = cases.await.map_err(unavailable)?;
        Ok(keys
            .iter()
            .zip(&values)
            .map(|(key, value)| sealed(key.as_f64().unwrap_or_default() as u64, value))
            .collect())
    }

    /// A case, if it is there.
    pub async fn case(&self, case: u64) -> Result<Option<SealedCase>, HistoryFailure> {
        let found = async {
            let transaction = self.0.transaction(&[CASES], TransactionMode::ReadOnly)?;
            transaction.object_store(CASES)?.get(number(case))?.await
        };
        Ok(found.await.map_err(unavailable)?.map(|value| sealed(case, &value)))
    }

    /// Writes a change, if nothing has been written since `before` was read; `after` is the vault from then on.
    pub async fn write(&self, before: Option<&Vault>, after: &Vault, change: &Change<'_>) -> Result<(), Unwritten> {
        let json = |vault: &Vault| serde_json::to_string(vault).unwrap_or_default();
        let written = async {
            let transaction = self.0.transaction(&[VAULT, LOG, CASES], TransactionMode::ReadWrite)?;
            if stored_vault(&transaction).await? != before.map(json) {
                transaction.abort()?;
                return Ok(None);
            }
            let cases = transaction.object_store(CASES)?;
            if let Some(kept) = change.kept {
                let value = Array::of2(&array(&kept.brief), &array(&kept.body));
                cases.add(&value, Some(&number(kept.case)))?.await?;
            }
            for gone in change.gone {
                cases.delete(number(*gone))?.await?;
            }
            let log = transaction.object_store(LOG)?;
            log.add(&array(change.entry), Some(&number(after.head.entries)))?.await?;
            transaction.object_store(VAULT)?.put(&json(after).into(), Some(&VAULT.into()))?.await?;
            transaction.commit()?.await.map(Some)
        };
        match written.await {
            Ok(Some(result)) if result.is_committed() => Ok(()),
            Ok(None) => Err(Unwritten::Overtaken),
            // A browser aborts by itself when there is no room.
            Ok(Some(_)) | Err(_) => Err(Unwritten::NoRoom),
        }
    }

    /// Deletes everything.
    pub async fn clear(&self) -> Result<(), HistoryFailure> {
        let cleared = async {
            let transaction = self.0.transaction(&[VAULT, LOG, CASES], TransactionMode::ReadWrite)?;
            for store in [VAULT, LOG, CASES] {
                transaction.object_store(store)?.clear()?.await?;
            }
            transaction.commit()?.await
        };
        match cleared.await {
            Ok(result) if result.is_committed() => Ok(()),
            Ok(_) | Err(_) => Err(HistoryFailure::NotWritten),
        }
    }
}

async fn stored_vault(transaction: &Transaction) -> Result<Option<String>, idb::Error> {
    let found = transaction.object_store(VAULT)?.get(JsValue::from(VAULT))?.await?;
    Ok(found.and_then(|json| json.as_string()))
}

fn number(number: u64) -> JsValue {
    JsValue::from(number as f64)
}

fn array(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn bytes(value: &JsValue) -> Vec<u8> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()
}

fn sealed(case: u64, value: &JsValue) -> SealedCase {
    let parts = Array::from(value);
    SealedCase { case, brief: bytes(&parts.get(0)), body: bytes(&parts.get(1)) }
}

fn unavailable(_: idb::Error) -> HistoryFailure {
    HistoryFailure::Unavailable
}
