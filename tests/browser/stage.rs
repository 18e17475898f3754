//! A config and a stored session for one test, under keys of its own; bounded waiting.

use vestibule::{
    config::{Config, Draft, Preset},
    session::{AccessToken, StoredSession, Timestamp, Tokens},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// One app under test.
pub struct Stage {
    pub config: &'static Config,
}

/// An app `id` in whose storage a session with an hour to live lies.
pub fn signed_in(id: &str) -> Stage {
    let file = serde_json::json!({
        "version": 1,
        "app": { "id": id, "title": "Test", "after_sign_in": "/orders" },
        "provider": {
            "sign_in": { "url": "/never/token", "json": { "username": "{{form.username}}", "password": "{{form.password}}" } },
            "refresh": { "url": "/never/token", "json": { "refresh_token": "{{session.refresh_token}}" } }
        },
        "pages": [ { "path": "/orders", "title": "Orders", "blocks": [ { "type": "text", "text": "Hello {{user.email}}" } ] } ]
    });
    let config = Draft::parse(&file.to_string()).unwrap().finish(Preset::NotNamed, None).unwrap();
    let stage = Stage { config: Box::leak(Box::new(config)) };
    stage.clear();
    stage.write_session(&stage.session("at-1", 1).to_json());
    stage
}

impl Stage {
    /// A session of this app, as the provider would have granted it just now.
    pub fn session(&self, access_token: &str, generation: u64) -> StoredSession {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time")]
        let now = Timestamp(js_sys::Date::now() as u64);
        StoredSession {
            provider: self.config.provider.identity.clone(),
            generation,
            signed_in_at: Timestamp(1_800_000_000_000),
            tokens: Tokens {
                access_token: AccessToken::new(access_token.into()),
                refresh_token: None,
                id_token: None,
                received_at: now,
                expires_at: Some(now.after_ms(3_600_000)),
            },
            user: Some(serde_json::json!({ "email": "ada@example.com" })),
            only_here: false,
        }
    }

    pub fn session_key(&self) -> String {
        format!("vestibule:{}", self.config.app.id)
    }

    pub fn store_key(&self) -> String {
        format!("{}:store", self.session_key())
    }

    pub fn write_session(&self, record: &str) {
        storage().set_item(&self.session_key(), record).unwrap();
    }

    pub fn read_session(&self) -> Option<String> {
        storage().get_item(&self.session_key()).unwrap()
    }

    pub fn read_store(&self) -> Option<String> {
        storage().get_item(&self.store_key()).unwrap()
    }

    pub fn clear(&self) {
        for key in [self.session_key(), self.store_key()] {
            storage().remove_item(&key).unwrap();
        }
    }
}

/// Waits until `holds`, looking again every few milliseconds, for ten seconds at most.
pub async fn until(holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tick().await;
    }
    panic!("waited in vain");
}

/// Lets the browser do what waits to be done.
pub async fn tick() {
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        web_sys::window().unwrap().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10).unwrap();
    });
    let _: Result<JsValue, JsValue> = JsFuture::from(promise).await;
}

fn storage() -> web_sys::Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}
