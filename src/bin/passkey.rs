//! Sign-in by passkey (`WebAuthn`), for the app: a program of its own, which it fetches where the config has `provider.passkey`.
//!
//! Its whole face is here; what it does is in `browser/webauthn.rs`.

// Nothing runs by itself here, and the way to an empty `main` is code too.
#![cfg_attr(all(target_arch = "wasm32", not(test)), no_main)]

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: vestibule::browser::Memory = vestibule::browser::Memory::new();

#[cfg(target_arch = "wasm32")]
mod face {
    use js_sys::Promise;
    use vestibule::browser::webauthn;
    use wasm_bindgen::prelude::*;

    /// Asks for options and lets the device sign; resolves with what came of it.
    #[wasm_bindgen]
    pub fn sign(request: web_sys::Request, timeout_ms: i32, at: String, is_conditional: bool) -> Promise {
        wasm_bindgen_futures::future_to_promise(webauthn::sign(request, timeout_ms, at, is_conditional))
    }

    /// Nobody waits any more.
    #[wasm_bindgen]
    pub fn stop() {
        webauthn::stop();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This program runs in a browser. Build it with: cargo xtask build");
    std::process::exit(2);
}
