//! Sign-in by redirect: OpenID Connect and OAuth 2.0 with a code, as far as it can be decided without a browser. Pure, tested
//! on the host.
//!
//! ```text
//! metadata --endpoint--> authorization --address--> (the provider asks the person) --query--> callback
//!                          |                                                                    |
//!                       pending -------------------- one-time state, nonce, code verifier ------'
//!
//! callback --code--> (the token endpoint) --ID token--> jwks --candidates--> (the browser verifies) --> id_token --> claims
//! ```
//!
//! Nothing here draws a random number, hashes, signs or verifies: the browser does, and hands over bytes. So the duties of
//! whoever calls:
//! - random bytes come from a cryptographic source, and each is used once;
//! - an ID token is believed only when a signature of one of its [`jwks::candidates`] was verified *and*
//!   [`id_token::check`] had nothing against it;
//! - [`Pendings`] are written back to storage after each change, before anything else is awaited.
//!
//! | word | meaning |
//! |---|---|
//! | pending record | what one sign-in that was begun remembers until it comes back |
//! | state | RFC 6749 §4.1.1: names the pending record, once |
//! | nonce | OpenID Connect Core §3.1.2.1: binds the ID token to the pending record; in DPoP, a value of the server's |
//! | code verifier, code challenge | RFC 7636 |
//! | way | how the person gets to the provider: the whole page, a window, a hidden frame |
//!
//! Uses `session` and `config`; neither knows it.

pub mod authorization;
pub mod base64url;
pub mod callback;
pub mod dpop;
pub mod form;
pub mod granted;
pub mod id_token;
pub mod jwks;
pub mod logout;
pub mod metadata;
pub mod pending;
pub mod pkce;
pub mod settings;

use serde_json::{Map, Value};

pub use callback::{Arrival, Callback, Problem};
pub use granted::Granted;
pub use id_token::{Claims, Expected, IdTokenProblem, Jws};
pub use jwks::{Algorithm, Candidate};
pub use metadata::{Metadata, MetadataProblem, Reference};
pub use pending::{NotTaken, Pending, Pendings, Way};
pub use settings::Settings;

/// How far the device's clock and a provider's may be apart. Milliseconds.
pub const CLOCK_TOLERANCE_MS: u64 = 10 * 60 * 1000;

/// Puts a member into an object. With what is the same for every kind of value in one place.
fn put(object: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
        object.insert(name.to_owned(), value);
    }
    put(object, name, value.into());
}
