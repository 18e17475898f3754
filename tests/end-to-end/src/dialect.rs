//! The ways to speak to the demo provider: the presets that fit it, and one provider written out whole.
//!
//! Each is a `config.json` for the same app, so that a test can be played in each of them.

use crate::plain_http::{Answer, ask};
use axum::http::Method;
use serde_json::{Value, json};

/// The `app.id` of every config here.
pub const APP_ID: &str = "end-to-end";

/// The `app.title` of every config here.
pub const APP_TITLE: &str = "Stage";

/// The rows that the protected API gives to whoever does not say how many.
pub const ROWS: usize = 200;

/// One way to speak to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The preset `supabase`.
    Supabase,
    /// The preset `oauth2-password`.
    Oauth2Password,
    /// The preset `django-simplejwt`.
    DjangoSimpleJwt,
    /// No preset: every request and every place written out.
    WrittenOut,
}

impl Dialect {
    /// As it stands in the names of artefacts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supabase => "supabase",
            Self::Oauth2Password => "oauth2-password",
            Self::DjangoSimpleJwt => "django-simplejwt",
            Self::WrittenOut => "written-out",
        }
    }

    /// A whole `config.json` for a provider at `origin`.
    #[must_use]
    pub fn config(self, origin: &str) -> Value {
        json!({
            "version": 1,
            "app": { "id": APP_ID, "title": APP_TITLE, "after_sign_in": "/orders" },
            "provider": self.provider(origin),
            "queries": {
                "orders": { "url": "{{vars.base_url}}/api/orders" },
                "few": { "url": "{{vars.base_url}}/api/orders?rows=20" },
                "order": { "url": "{{vars.base_url}}/api/orders/{{params.id}}" },
            },
            "pages": [
                { "path": "/orders", "title": "Orders", "blocks": [
                    { "type": "text", "text": "Signed in as {{user.email}}" },
                    { "type": "table", "query": "orders" },
                ] },
                { "path": "/pair", "title": "Pair", "blocks": [
                    { "type": "table", "query": "few", "caption": "One" },
                    { "type": "table", "query": "few", "caption": "Other" },
                ] },
                { "path": "/orders/:id", "title": "One order", "blocks": [
                    { "type": "record", "query": "order" },
                ] },
                { "path": "/admin", "title": "Administration", "require": { "/user/role": ["admin"] },
                  "blocks": [ { "type": "record", "value": "{{user}}" } ] },
            ],
        })
    }

    fn provider(self, origin: &str) -> Value {
        match self {
            Self::Supabase => json!({
                "preset": "supabase",
                "vars": { "base_url": origin, "api_key": "public-anon-key" },
            }),
            Self::Oauth2Password => json!({
                "preset": "oauth2-password",
                "vars": { "base_url": origin, "client_id": "stage" },
            }),
            Self::DjangoSimpleJwt => json!({
                "preset": "django-simplejwt",
                "vars": { "base_url": origin },
            }),
            Self::WrittenOut => json!({
                "vars": { "base_url": origin },
                "headers": { "apikey": "public-anon-key" },
                "sign_in": {
                    "method": "POST",
                    "url": "{{vars.base_url}}/auth/v1/token?grant_type=password",
                    "json": { "email": "{{form.username}}", "password": "{{form.password}}" },
                },
                "refresh": {
                    "url": "{{vars.base_url}}/auth/v1/token?grant_type=refresh_token",
                    "json": { "refresh_token": "{{session.refresh_token}}" },
                },
                "user_info": {
                    "method": "GET", "url": "{{vars.base_url}}/auth/v1/user", "authorized": true, "user": "",
                },
                "revoke": [ { "url": "{{vars.base_url}}/auth/v1/logout", "authorized": true } ],
                "tokens": {
                    "access_token": "/access_token",
                    "refresh_token": "/refresh_token",
                    "id_token": "/id_token",
                    "expires": { "in": "/expires_in", "unit": "s" },
                    "user": "/user",
                },
                "authorize": {
                    "header": "Authorization",
                    "value": "Bearer {{session.access_token}}",
                    "origins": [origin],
                },
                "errors": {
                    "code": ["/error", "/error_code", "/code"],
                    "session_ended": ["invalid_grant", "refresh_token_not_found", "refresh_token_already_used"],
                    "challenge": null,
                },
            }),
        }
    }

    /// Presents a refresh token to the provider at `origin`, as this dialect does.
    pub async fn refresh(self, origin: &str, refresh_token: &str) -> Answer {
        const JSON: (&str, &str) = ("content-type", "application/json");
        match self {
            Self::Supabase | Self::WrittenOut => {
                let url = format!("{origin}/auth/v1/token?grant_type=refresh_token");
                let body = json!({ "refresh_token": refresh_token }).to_string();
                ask(Method::POST, &url, &[JSON, ("apikey", "anything")], body).await
            }
            Self::Oauth2Password => {
                let url = format!("{origin}/oauth/token");
                let form = [("content-type", "application/x-www-form-urlencoded")];
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("grant_type", "refresh_token")
                    .append_pair("client_id", "stage")
                    .append_pair("refresh_token", refresh_token)
                    .finish();
                ask(Method::POST, &url, &form, body).await
            }
            Self::DjangoSimpleJwt => {
                let url = format!("{origin}/api/token/refresh/");
                let body = json!({ "refresh": refresh_token }).to_string();
                ask(Method::POST, &url, &[JSON], body).await
            }
        }
    }
}

/// Adds a page at `/many` with so many tables, each of one row from a query of its own.
pub fn add_a_page_of_tables(config: &mut Value, tables: usize) {
    let mut blocks = Vec::new();
    for number in 1..=tables {
        let name = format!("number{number}");
        let url = format!("{{{{vars.base_url}}}}/api/orders?rows=1&number={number}");
        if let Some(queries) = config.get_mut("queries").and_then(Value::as_object_mut) {
            queries.insert(name.clone(), json!({ "url": url }));
        }
        blocks.push(json!({ "type": "table", "query": name, "caption": format!("Number {number}") }));
    }
    if let Some(pages) = config.get_mut("pages").and_then(Value::as_array_mut) {
        pages.push(json!({ "path": "/many", "title": "Many", "blocks": blocks }));
    }
}
