//! The families of real servers: which preset speaks to each, and what each promises.
//!
//! A family is data. The stories in `tests/real_servers.rs` are written once and read here what to expect, so that
//! another server is another [`Family`] and a folder in `tests/servers/`.

use crate::dialect::{APP_ID, APP_TITLE};
use crate::plain_http::{Answer, ask};
use axum::http::Method;
use serde_json::{Map, Value, json};

/// A server that somebody else wrote, with the preset that speaks to it.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its folder in `tests/servers/`.
    pub name: &'static str,
    preset: &'static str,
    /// Beside `base_url`.
    vars: &'static [(&'static str, &'static str)],
    /// How a page names who is signed in, and what it then says.
    called: (&'static str, &'static str),
    /// Where a sign-out is told to the server.
    pub revokes_at: &'static str,
    /// In how many requests.
    pub revocations: usize,
    /// What it does with an access token after a sign-out.
    pub signed_out_token: SignedOutToken,
    /// How a session goes on when its access token expires.
    pub renewal: Renewal,
    /// Where a person types the password.
    pub signs_in: SignsIn,
}

/// Where a person types the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignsIn {
    /// Into the app's own form.
    Here,
    /// At the server's own pages, which lead back.
    AtTheServer,
}

/// What becomes of an access token that was signed out before it expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedOutToken {
    /// The server knows the tokens it issued, and refuses this one from then on.
    IsRefused,
    /// It is a JWT that the server only checks by its signature: nobody can take it back.
    LivesUntilItExpires,
}

/// How a session goes on when its access token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// By a refresh token, which is another one each time.
    Rotation {
        /// Where it is presented.
        path: &'static str,
        /// How it is presented.
        body: RefreshBody,
        /// What the server makes of one that was used before.
        reuse: Reuse,
    },
    /// It does not: the person signs in again.
    SignInAgain,
}

/// The body of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshBody {
    /// RFC 6749 §6, by a public client.
    Oauth2Form,
    /// `{"refresh": …}`.
    Json,
}

/// What a server makes of a refresh token that was used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// Somebody has stolen it: all tokens of the session end (RFC 9700 §4.14.2).
    EndsTheSession,
    /// It is refused, and the session goes on.
    IsRefused,
}

/// django-oauth-toolkit. Its decorator for views answers 403 to a token that is no good.
pub const DJANGO_OAUTH_TOOLKIT: Family = Family {
    name: "django-oauth-toolkit",
    preset: "django-oauth-toolkit",
    vars: &[("client_id", "browser-app")],
    called: ("{{user.sub}}", "1"),
    revokes_at: "/o/revoke_token/",
    revocations: 2,
    signed_out_token: SignedOutToken::IsRefused,
    renewal: Renewal::Rotation { path: "/o/token/", body: RefreshBody::Oauth2Form, reuse: Reuse::EndsTheSession },
    signs_in: SignsIn::Here,
};

/// djangorestframework-simplejwt with its blacklist.
pub const DJANGO_SIMPLEJWT: Family = Family {
    name: "django-simplejwt",
    preset: "django-simplejwt",
    vars: &[],
    called: ("{{user.email}}", "demo@example.com"),
    revokes_at: "/api/token/blacklist/",
    revocations: 1,
    signed_out_token: SignedOutToken::LivesUntilItExpires,
    renewal: Renewal::Rotation { path: "/api/token/refresh/", body: RefreshBody::Json, reuse: Reuse::IsRefused },
    signs_in: SignsIn::Here,
};

/// fastapi-users with tokens in its database.
pub const FASTAPI_USERS: Family = Family {
    name: "fastapi-users",
    preset: "fastapi",
    vars: &[],
    called: ("{{user.email}}", "demo@example.com"),
    revokes_at: "/auth/jwt/logout",
    revocations: 1,
    signed_out_token: SignedOutToken::IsRefused,
    renewal: Renewal::SignInAgain,
    signs_in: SignsIn::Here,
};

/// better-auth with its bearer plugin. A session that is used in its last days is prolonged, with the same token; here
/// it is over before that.
pub const BETTER_AUTH: Family = Family {
    name: "better-auth",
    preset: "better-auth",
    vars: &[],
    called: ("{{user.name}}", "Demo"),
    revokes_at: "/api/auth/sign-out",
    revocations: 1,
    signed_out_token: SignedOutToken::IsRefused,
    renewal: Renewal::SignInAgain,
    signs_in: SignsIn::Here,
};

/// oidc-provider, with a password grant registered.
pub const OIDC_PROVIDER: Family = Family {
    name: "oidc-provider",
    preset: "oauth2-password",
    vars: &[
        ("client_id", "browser-app"),
        ("token_url", "{{vars.base_url}}/token"),
        ("revoke_url", "{{vars.base_url}}/token/revocation"),
        ("userinfo_url", "{{vars.base_url}}/me"),
    ],
    called: ("{{user.email}}", "demo@example.com"),
    revokes_at: "/token/revocation",
    revocations: 2,
    signed_out_token: SignedOutToken::IsRefused,
    renewal: Renewal::Rotation { path: "/token", body: RefreshBody::Oauth2Form, reuse: Reuse::EndsTheSession },
    signs_in: SignsIn::Here,
};

/// The same, spoken to by its issuer.
pub const OIDC_PROVIDER_BY_ISSUER: Family = Family {
    preset: "oidc-password",
    vars: &[("client_id", "browser-app"), ("issuer", "{{vars.base_url}}")],
    ..OIDC_PROVIDER
};

/// The same, with its own pages for the sign-in.
pub const OIDC_PROVIDER_BY_REDIRECT: Family = Family {
    preset: "oidc",
    vars: &[("client_id", "spa"), ("issuer", "{{vars.base_url}}")],
    signs_in: SignsIn::AtTheServer,
    ..OIDC_PROVIDER
};

impl Family {
    /// The rows that every server's `/api/orders` gives.
    pub const ROWS: usize = 5;

    /// What the first page says of who is signed in.
    #[must_use]
    pub fn greeting(&self) -> String {
        format!("Signed in as {}", self.called.1)
    }

    /// A whole `config.json` for the server at `origin`: its preset, the vars, a query and two pages.
    #[must_use]
    pub fn config(&self, origin: &str) -> Value {
        let mut vars: Map<String, Value> =
            self.vars.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        vars.insert("base_url".into(), json!(origin));
        let provider = match self.signs_in {
            SignsIn::Here => json!({ "preset": self.preset, "vars": vars }),
            // Without consent there is no `offline_access`, and no refresh token (OpenID Connect Core §11).
            SignsIn::AtTheServer => json!({
                "preset": self.preset, "vars": vars, "redirect": { "form": { "prompt": "consent" } },
            }),
        };
        json!({
            "version": 1,
            "app": { "id": APP_ID, "title": APP_TITLE, "after_sign_in": "/orders" },
            "provider": provider,
            "queries": { "orders": { "url": "{{vars.base_url}}/api/orders" } },
            "pages": [
                { "path": "/orders", "title": "Orders", "blocks": [
                    { "type": "text", "text": format!("Signed in as {}", self.called.0) },
                    { "type": "table", "query": "orders" },
                ] },
                { "path": "/again", "title": "Again", "blocks": [ { "type": "table", "query": "orders" } ] },
            ],
        })
    }

    fn client_id(&self) -> &'static str {
        self.vars.iter().find(|(name, _)| *name == "client_id").map_or("", |(_, value)| value)
    }

    /// Presents a refresh token to the server at `origin`, as the app does. `None` where there are none.
    pub async fn refresh(&self, origin: &str, refresh_token: &str) -> Option<Answer> {
        let Renewal::Rotation { path, body, .. } = self.renewal else {
            return None;
        };
        let (content_type, body) = match body {
            RefreshBody::Json => ("application/json", json!({ "refresh": refresh_token }).to_string()),
            RefreshBody::Oauth2Form => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("grant_type", "refresh_token")
                    .append_pair("client_id", self.client_id())
                    .append_pair("refresh_token", refresh_token)
                    .finish();
                ("application/x-www-form-urlencoded", form)
            }
        };
        let url = format!("{origin}{path}");
        Some(ask(Method::POST, &url, &[("content-type", content_type)], body).await)
    }
}
