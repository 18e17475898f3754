//! Ends the session at the provider too, and hears that it ended there.

use super::{Oidc, failing::Outcome, leave_for, origin, promise::promised, starting::Asked, webcrypto};
use crate::{
    config::{StorageKind, form_component},
    oidc::{Way, form, logout},
};
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::JsValue;

impl Oidc {
    /// Leaves for the provider's logout. Where the form does not say whose session is meant, the ID token does.
    pub fn log_out(self: &Rc<Self>, asked: Asked, id_token: String) -> Promise {
        let oidc = Rc::clone(self);
        promised(Box::pin(async move {
            let left = oidc.leave(asked, &id_token).await;
            left.map(|()| JsValue::UNDEFINED).map_err(|failure| failure.into_rejection())
        }))
    }

    /// Whether a front-channel logout request means the session of this ID token.
    #[must_use]
    pub fn front_channel(&self, query: &str, id_token: &str) -> bool {
        logout::is_meant(query, id_token, &self.settings.issuer)
    }

    /// Whether somebody comes back from the logout that began here; once.
    #[must_use]
    pub fn signed_out(&self, query: &str) -> bool {
        let state = form::parameter(query, "state");
        let is_ours = state.is_some() && self.logout.read() == state;
        if is_ours {
            _ = self.logout.write(None, StorageKind::Session);
        }
        is_ours
    }

    async fn leave(self: &Rc<Self>, asked: Asked, id_token: &str) -> Outcome<()> {
        const HINT: &str = "id_token_hint";
        let Asked { url, mut form } = asked;
        let endpoint = self.provider.endpoint(&url, "the provider's metadata names no endpoint for a logout").await?;
        if !id_token.is_empty() && form::parameter(&form, HINT).is_none() {
            form = logout_form(&form, HINT, id_token);
        }
        let state = Way::Page.state(&webcrypto::random()?);
        let address = logout::address(&endpoint, &form, &self.settings.signed_out_uri(&origin()), &state);
        // Where storage is blocked the person comes back to a page that is signed out all the same.
        _ = self.logout.write(Some(&state), StorageKind::Session);
        leave_for(&address)
    }
}

fn logout_form(form: &str, name: &str, value: &str) -> String {
    let between = if form.is_empty() { "" } else { "&" };
    [form, between, name, "=", &form_component(value)].concat()
}
