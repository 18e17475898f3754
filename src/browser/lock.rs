//! The refresh lock: one tab refreshes at a time (Web Locks).
//!
//! web-sys keeps `LockManager` behind an unstable flag, so its two calls are declared here. A tab that
//! dies frees its lock; a wait ends after 15 s. Where there are no Web Locks the lock is granted at
//! once, and the compare-and-set in storage is all there is.

use super::spawn::spawn;
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// No wait is longer.
const MAX_WAIT_MS: u32 = 15_000;

#[wasm_bindgen]
extern "C" {
    pub type LockManager;

    #[wasm_bindgen(method, catch)]
    pub fn request(
        this: &LockManager,
        name: &str,
        options: &js_sys::Object,
        granted: &js_sys::Function,
    ) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub fn query(this: &LockManager) -> Result<js_sys::Promise, JsValue>;
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
    turn: Cell<u32>,
}

/// One wait, and then the lock.
struct Hold {
    controller: AbortController,
    /// Frees the lock once it is ours.
    free: Option<js_sys::Function>,
    timeout: Option<Timeout>,
}

impl Lock {
    /// The lock that all tabs of the app know by `name`.
    pub fn new(name: String) -> Self {
        Self { name, current: Rc::default(), turn: Cell::new(0) }
    }

    /// Asks for the lock and calls `ended` exactly once, unless [`Lock::release`] comes first.
    pub fn acquire(&self, ended: Box<dyn Fn(Wait)>) {
        self.release();
        let Some((manager, controller)) = manager().zip(AbortController::new().ok()) else {
            return ended(Wait::Granted);
        };
        let options = js_sys::Object::new();
        _ = js_sys::Reflect::set(&options, &"signal".into(), &controller.signal());
        let ended: Rc<dyn Fn(Wait)> = ended.into();
        let timeout = {
            let (current, controller, ended) = (Rc::clone(&self.current), controller.clone(), Rc::clone(&ended));
            Timeout::new(MAX_WAIT_MS, move || {
                if waits_with(&current, &controller) {
                    *current.borrow_mut() = None;
                    controller.abort();
                    ended(Wait::GivenUp);
                }
            })
        };
        let granted = {
            let (current, controller, ended) = (Rc::clone(&self.current), controller.clone(), Rc::clone(&ended));
            Closure::once_into_js(move |_lock: JsValue| {
                // Held until the promise is settled by `release`.
                let promise = js_sys::Promise::new(&mut |resolve, _reject| {
                    if waits_with(&current, &controller) {
                        if let Some(hold) = current.borrow_mut().as_mut() {
                            hold.free = Some(resolve);
                            hold.timeout = None;
                        }
                    } else {
                        // Given up meanwhile.
                        _ = resolve.call0(&JsValue::NULL);
                    }
                });
                if waits_with(&current, &controller) {
                    ended(Wait::Granted);
                }
                JsValue::from(promise)
            })
        };
        *self.current.borrow_mut() = Some(Hold { controller: controller.clone(), free: None, timeout: Some(timeout) });
        match manager.request(&self.name, &options, granted.unchecked_ref()) {
            Ok(promise) => {
                let current = Rc::clone(&self.current);
                spawn(async move {
                    let end = JsFuture::from(promise).await;
                    // An opaque origin, or storage that is blocked: there is nobody to share with. A wait that was
                    // given up is rejected too, and is nobody's concern.
                    if end.is_err() && waits_with(&current, &controller) {
                        if let Some(hold) = current.borrow_mut().as_mut() {
                            hold.timeout = None;
                        }
                        ended(Wait::Granted);
                    }
                });
            }
            Err(_) => ended(Wait::Granted),
        }
    }

    /// The name that all tabs know it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this tab has it.
    pub fn is_held(&self) -> bool {
        self.current.borrow().as_ref().is_some_and(|hold| hold.free.is_some())
    }

    /// Which wait it is: another one after each [`Lock::release`].
    pub fn turn(&self) -> u32 {
        self.turn.get()
    }

    /// Frees the lock, or stops waiting for it.
    pub fn release(&self) {
        self.turn.set(self.turn.get().wrapping_add(1));
        let Some(hold) = self.current.borrow_mut().take() else { return };
        match &hold.free {
            Some(free) => _ = free.call0(&JsValue::NULL),
            None => hold.controller.abort(),
        }
    }
}

/// Whether the wait that is under way is this one.
fn waits_with(current: &RefCell<Option<Hold>>, controller: &AbortController) -> bool {
    current.borrow().as_ref().is_some_and(|hold| hold.controller == *controller)
}

/// The names of all locks that the tabs of this origin hold now; `None` where there are no Web Locks.
pub async fn held_names() -> Option<Vec<String>> {
    let query = manager()?.query().ok()?;
    let snapshot = JsFuture::from(query).await.ok()?;
    let held = js_sys::Reflect::get(&snapshot, &"held".into()).unwrap_or_default();
    let name = |lock: JsValue| js_sys::Reflect::get(&lock, &"name".into()).ok()?.as_string();
    Some(js_sys::Array::from(&held).iter().filter_map(name).collect())
}

/// Web Locks, where there are any.
pub fn manager() -> Option<LockManager> {
    let navigator = web_sys::window()?.navigator();
    let locks = js_sys::Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
