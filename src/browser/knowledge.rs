//! Tells a tab how far its view of `localStorage` lags behind what other tabs know.
//!
//! A tab that is granted the refresh lock can still see the record from before the last holder's write. So each tab
//! holds a *shared* Web Lock that is named after what it [knows](Known) of storage, and a writer takes it before it
//! frees the refresh lock. Who is granted the refresh lock asks for all of them, and waits, for a while at most,
//! until its own view of the storage is not behind any.

use super::lock;
use crate::session::Known;
use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// A lock that nobody else can hold is granted at once; whatever keeps it must not keep the refresh lock.
const MAX_ANNOUNCEMENT_MS: u32 = 1000;

/// What the tabs of one app know.
pub struct Knowledge {
    prefix: String,
    /// What this tab knows, as it stands in the name of its lock.
    own: Rc<RefCell<String>>,
    /// Frees that lock.
    held: Rc<RefCell<Option<js_sys::Function>>>,
}

impl Knowledge {
    /// What all tabs of the app know by `prefix`.
    pub fn new(prefix: String) -> Self {
        Self { prefix, own: Rc::default(), held: Rc::default() }
    }

    /// Takes note of what this tab knows; whether that is new, and to be [announced](Self::announce).
    pub fn learn(&self, known: &Known) -> bool {
        if *known == Known::default() {
            free(self.held.borrow_mut().take());
            self.own.take();
            return false;
        }
        let text = known.to_text();
        let is_new = *self.own.borrow() != text;
        self.own.replace(text);
        is_new
    }

    /// Holds the lock of what this tab knows; done when it is held.
    pub async fn announce(&self) {
        let Some(manager) = lock::manager() else { return };
        let known = self.own.borrow().clone();
        let name = [self.prefix.as_str(), &known].concat();
        let (sender, is_held) = oneshot::channel::<()>();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let tell = move || {
            if let Some(sender) = sender.borrow_mut().take() {
                _ = sender.send(());
            }
        };
        let (held, own) = (Rc::clone(&self.held), Rc::clone(&self.own));
        let told = tell.clone();
        let granted = Closure::once_into_js(move |_lock: JsValue| {
            let promise = js_sys::Promise::new(&mut |resolve, _reject| {
                if *own.borrow() == known {
                    free(held.borrow_mut().replace(resolve));
                } else {
                    // It knows better by now.
                    free(Some(resolve));
                }
            });
            told();
            JsValue::from(promise)
        });
        let options = js_sys::Object::new();
        _ = js_sys::Reflect::set(&options, &"mode".into(), &"shared".into());
        if manager.request(&name, &options, granted.unchecked_ref()).is_ok() {
            let _in_time = Timeout::new(MAX_ANNOUNCEMENT_MS, tell);
            _ = is_held.await;
        }
    }

    /// What a lock of this name says that a tab knows.
    pub fn read(&self, name: &str) -> Option<Known> {
        Known::from_text(name.strip_prefix(&self.prefix)?)
    }

    /// What all the tabs know.
    pub async fn all(&self) -> Vec<Known> {
        let names = lock::held_names().await.unwrap_or_default();
        names.iter().filter_map(|name| self.read(name)).collect()
    }
}

fn free(held: Option<js_sys::Function>) {
    if let Some(held) = held {
        _ = held.call0(&JsValue::NULL);
    }
}
