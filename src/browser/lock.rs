//! The refresh lock: one tab refreshes at a time (Web Locks).
//!
//! web-sys keeps `LockManager` behind an unstable flag, so the one call is declared here. A tab that
//! dies frees its lock; a wait ends after 15 s. Where there are no Web Locks the lock is granted at
//! once, and the compare-and-set in storage is all there is.

use gloo_timers::callback::Timeout;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use web_sys::AbortController;

/// No wait is longer.
const MAX_WAIT_MS: u32 = 15_000;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &js_sys::Object,
        granted: &js_sys::Function,
    ) -> Result<js_sys::Promise, JsValue>;
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The lock is ours until [`Lock::release`].
    Granted,
    /// It could not be had in time.
    GivenUp,
}

/// The lock of one app, held by at most one of its tabs.
pub struct Lock {
    name: String,
    current: Rc<RefCell<Option<Hold>>>,
}

/// One wait, and then the lock. Dropping the closures ends neither.
struct Hold {
    controller: AbortController,
    free: Option<js_sys::Function>,
    _timeout: Option<Timeout>,
    _granted: Option<Closure<dyn FnMut(JsValue) -> js_sys::Promise>>,
}

impl Lock {
    /// The lock that all tabs of the app know by `name`.
    pub fn new(name: String) -> Self {
        Self { name, current: Rc::default() }
    }

    /// Asks for the lock and calls `ended` exactly once, unless [`Lock::release`] comes first.
    pub fn acquire(&self, ended: impl FnOnce(Wait) + 'static) {
        self.release();
        let Some((manager, controller)) = manager().zip(AbortController::new().ok()) else {
            return ended(Wait::Granted);
        };
        let options = js_sys::Object::new();
        if js_sys::Reflect::set(&options, &"signal".into(), &controller.signal()).is_err() {
            return ended(Wait::Granted);
        }
        let ended = Rc::new(RefCell::new(Some(ended)));
        let current = Rc::clone(&self.current);
        let tell = move |wait: Wait| {
            // Taken out first: it may ask for the lock again.
            let ended = ended.borrow_mut().take();
            if let Some(ended) = ended {
                ended(wait);
            }
        };
        let timeout = {
            let (controller, tell) = (controller.clone(), tell.clone());
            Timeout::new(MAX_WAIT_MS, move || {
                controller.abort();
                tell(Wait::GivenUp);
            })
        };
        let granted = {
            let (current, controller, tell) = (Rc::clone(&current), controller.clone(), tell.clone());
            Closure::new(move |_lock: JsValue| {
                // Held until the promise is settled by `release`.
                js_sys::Promise::new(&mut |resolve, _reject| {
                    let is_ours = match current.borrow_mut().as_mut() {
                        Some(hold) if hold.controller == controller => {
                            hold.free = Some(resolve.clone());
                            hold._timeout = None;
                            true
                        }
                        _ => false,
                    };
                    if is_ours {
                        let tell = tell.clone();
                        wasm_bindgen_futures::spawn_local(async move { tell(Wait::Granted) });
                    } else {
                        // Given up meanwhile.
                        resolve.call0(&JsValue::NULL).ok();
                    }
                })
            })
        };
        let request = manager.request(&self.name, &options, granted.as_ref().unchecked_ref());
        *current.borrow_mut() = Some(Hold { controller, free: None, _timeout: Some(timeout), _granted: Some(granted) });
        match request {
            // An aborted wait rejects the promise; the timeout has told already.
            Ok(promise) => wasm_bindgen_futures::spawn_local(async move {
                wasm_bindgen_futures::JsFuture::from(promise).await.ok();
            }),
            // A page that is not fully active, or an opaque origin: there is nobody to share with.
            Err(_) => tell(Wait::Granted),
        }
    }

    /// Frees the lock, or stops waiting for it.
    pub fn release(&self) {
        let Some(hold) = self.current.borrow_mut().take() else { return };
        match &hold.free {
            Some(free) => {
                free.call0(&JsValue::NULL).ok();
            }
            None => hold.controller.abort(),
        }
    }
}

fn manager() -> Option<LockManager> {
    let navigator = web_sys::window()?.navigator();
    let locks = js_sys::Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
