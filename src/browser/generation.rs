//! Tells a tab how far its view of `localStorage` lags behind the refresh lock.
//!
//! A tab that is granted the lock can still see the record from before the last holder's write. So a writer
//! announces each generation: it takes a *shared* Web Lock named after it, before it frees the refresh lock, and
//! keeps it. Who is granted the refresh lock asks for the newest generation that is held, and waits, for a while at
//! most, until its own view of the storage has caught up.

use super::lock::{self, LockManager};
use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A lock that nobody else can hold is granted at once; whatever keeps it must not keep the refresh lock.
const MAX_ANNOUNCEMENT_MS: u32 = 1000;

/// The announced generations of one app.
pub struct Generations {
    prefix: String,
    /// Frees the lock of the newest generation that this tab has written.
    held: Rc<RefCell<Option<js_sys::Function>>>,
}

impl Generations {
    /// The generations that all tabs of the app know by `prefix`.
    pub fn new(prefix: String) -> Self {
        Self { prefix, held: Rc::default() }
    }

    /// Holds the lock of a generation that has been written; done when it is held.
    pub async fn announce(&self, generation: u64) {
        let Some(manager) = lock::manager() else { return };
        let (sender, is_held) = oneshot::channel::<()>();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let tell = move || {
            if let Some(sender) = sender.borrow_mut().take() {
                _ = sender.send(());
            }
        };
        let held = Rc::clone(&self.held);
        let told = tell.clone();
        let granted = Closure::once_into_js(move |_lock: JsValue| {
            let promise = js_sys::Promise::new(&mut |resolve, _reject| free(held.borrow_mut().replace(resolve)));
            told();
            JsValue::from(promise)
        });
        let name = [&self.prefix, generation.to_string().as_str()].concat();
        let options = js_sys::Object::new();
        _ = js_sys::Reflect::set(&options, &"mode".into(), &"shared".into());
        if manager.request(&name, &options, granted.unchecked_ref()).is_ok() {
            let _in_time = Timeout::new(MAX_ANNOUNCEMENT_MS, tell);
            _ = is_held.await;
        }
    }

    /// The newest generation that any tab has announced; 0 when there is none.
    pub async fn newest(&self) -> u64 {
        let Some(Ok(query)) = lock::manager().map(|manager: LockManager| manager.query()) else { return 0 };
        let Ok(snapshot) = JsFuture::from(query).await else { return 0 };
        let held = js_sys::Reflect::get(&snapshot, &"held".into()).unwrap_or_default();
        let generation = |lock: JsValue| {
            let name = js_sys::Reflect::get(&lock, &"name".into()).ok()?.as_string()?;
            name.strip_prefix(&self.prefix)?.parse::<u64>().ok()
        };
        js_sys::Array::from(&held).iter().filter_map(generation).max().unwrap_or_default()
    }

    /// Nobody is signed in any more: there is nothing to be newer than.
    pub fn forget(&self) {
        free(self.held.borrow_mut().take());
    }
}

fn free(held: Option<js_sys::Function>) {
    if let Some(held) = held {
        _ = held.call0(&JsValue::NULL);
    }
}
