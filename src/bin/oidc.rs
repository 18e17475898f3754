//! Sign-in by redirect (OpenID Connect), for the app: a program of its own, which it fetches where the config asks for it.
//!
//! Its whole face is here. The settings and what a sign-in comes to are JSON; what they hold is in `src/oidc/`.

// Nothing runs by itself here, and the way to an empty `main` is code too.
#![cfg_attr(all(target_arch = "wasm32", not(test)), no_main)]

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: vestibule::browser::Memory = vestibule::browser::Memory::new();

#[cfg(target_arch = "wasm32")]
mod face {
    use js_sys::Promise;
    use std::{cell::RefCell, rc::Rc};
    use vestibule::browser::oidc::{Asked, Oidc};
    use wasm_bindgen::prelude::*;

    thread_local! {
        static HERE: RefCell<Option<(String, Rc<Oidc>)>> = const { RefCell::new(None) };
    }

    /// Takes the settings; before anything else. The same ones again change nothing.
    ///
    /// # Errors
    /// They cannot be read: this program and the app are not of one build.
    #[wasm_bindgen]
    pub fn prepare(settings: String) -> Result<(), JsValue> {
        HERE.with_borrow_mut(|here| {
            if here.as_ref().is_some_and(|(known, _)| *known == settings) {
                return Ok(());
            }
            let oidc = Oidc::new(&settings).ok_or("oidc.js and the app are not of one build")?;
            *here = Some((settings, oidc));
            Ok(())
        })
    }

    /// Begins a sign-in; resolves with what came of it.
    ///
    /// # Errors
    /// Nothing was prepared.
    #[wasm_bindgen]
    pub fn start(url: String, form: String, way: &str, return_to: String) -> Result<Promise, JsValue> {
        let return_to = (!return_to.is_empty()).then_some(return_to);
        Ok(oidc()?.start(Asked { url, form }, way, return_to))
    }

    /// Reads the answer in a query string; resolves with what it means.
    ///
    /// # Errors
    /// Nothing was prepared.
    #[wasm_bindgen]
    pub fn arrive(query: &str) -> Result<Promise, JsValue> {
        Ok(oidc()?.arrive(query))
    }

    /// Sends a request; resolves with an answer that may be believed.
    ///
    /// # Errors
    /// Nothing was prepared.
    #[wasm_bindgen]
    pub fn exchange(kind: String, request: web_sys::Request, id_token: String) -> Result<Promise, JsValue> {
        Ok(oidc()?.exchange(kind, request, id_token))
    }

    /// Leaves for the provider's logout.
    ///
    /// # Errors
    /// Nothing was prepared.
    #[wasm_bindgen]
    pub fn log_out(url: String, form: String, id_token: String) -> Result<Promise, JsValue> {
        Ok(oidc()?.log_out(Asked { url, form }, id_token))
    }

    /// Whether a front-channel logout request means the session of this ID token.
    ///
    /// # Errors
    /// Nothing was prepared.
    #[wasm_bindgen]
    pub fn front_channel(query: &str, id_token: &str) -> Result<bool, JsValue> {
        Ok(oidc()?.front_channel(query, id_token))
    }

    /// Whether somebody comes back from a logout that began here.
    ///
    /// # Errors
    /// Nothing was prepared.
    #[wasm_bindgen]
    pub fn signed_out(query: &str) -> Result<bool, JsValue> {
        Ok(oidc()?.signed_out(query))
    }

    fn oidc() -> Result<Rc<Oidc>, JsValue> {
        HERE.with_borrow(|here| here.as_ref().map(|(_, oidc)| Rc::clone(oidc))).ok_or("nothing was prepared".into())
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This program runs in a browser. Build it with: cargo xtask build");
    std::process::exit(2);
}
