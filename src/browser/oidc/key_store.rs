//! Keeps the DPoP key between visits: in `IndexedDB`, which can hold a key that no script can read (RFC 9449 §11.4).
//!
//! One pair for each issuer. Where the browser keeps nothing (a private window), who asks keeps the pair in memory.

use super::{
    failing::Outcome,
    promise::{Settled, member, within},
    webcrypto,
};
use crate::browser::spawn::Work;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

const STORE: &str = "keys";

/// A browser that blocks storage may leave a request without an answer. Milliseconds.
const MAX_WAIT_MS: i32 = 3000;

/// The pair for `issuer`: the one that is kept, else a new one, kept from now on where that is possible; and whether it is kept.
///
/// # Errors
/// The browser makes no keys.
pub async fn pair(database: &str, issuer: &str) -> Outcome<(JsValue, bool)> {
    let database = open(database).await;
    let pair = kept_or_new(database.as_ref(), issuer).await;
    if let Some(database) = database {
        database.close();
    }
    pair
}

async fn kept_or_new(database: Option<&IdbDatabase>, issuer: &str) -> Outcome<(JsValue, bool)> {
    if let Some(database) = database
        && let Some(pair) = kept(database, issuer).await
    {
        return Ok((pair, true));
    }
    let new = webcrypto::new_pair().await?;
    let Some(database) = database else { return Ok((new, false)) };
    if keep(database, issuer, &new).await.is_some() {
        return Ok((new, true));
    }
    // Another tab may have been quicker: tokens are bound to one key, so the first one stays.
    Ok(kept(database, issuer).await.map_or((new, false), |pair| (pair, true)))
}

async fn open(name: &str) -> Option<IdbDatabase> {
    let request = web_sys::window()?.indexed_db().ok()??.open_with_u32(name, 1).ok()?;
    let asked = request.clone();
    let upgrade = Closure::once_into_js(move || {
        if let Some(database) = result(&asked) {
            _ = database.create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    answer(&request).await.ok()?;
    result(&request)
}

fn result(request: &IdbOpenDbRequest) -> Option<IdbDatabase> {
    request.result().ok().map(JsCast::unchecked_into)
}

async fn kept(database: &IdbDatabase, issuer: &str) -> Option<JsValue> {
    let request = store(database, IdbTransactionMode::Readonly)?.get(&issuer.into()).ok()?;
    answer(&request).await.ok()?;
    request.result().ok().filter(|pair| member(pair, "privateKey").is_object())
}

/// `None` where there is one already, or nothing can be kept.
async fn keep(database: &IdbDatabase, issuer: &str, pair: &JsValue) -> Option<()> {
    let request = store(database, IdbTransactionMode::Readwrite)?.add_with_key(pair, &issuer.into()).ok()?;
    answer(&request).await.ok().map(drop)
}

fn store(database: &IdbDatabase, mode: IdbTransactionMode) -> Option<IdbObjectStore> {
    database.transaction_with_str_and_mode(STORE, mode).ok()?.object_store(STORE).ok()
}

fn answer(request: &IdbRequest) -> Work<Settled> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    within(MAX_WAIT_MS, &promise)
}
