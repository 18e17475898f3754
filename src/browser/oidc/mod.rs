//! x
mod channel;
mod failing;
mod fetching;
mod key_store;
mod promise;
mod webcrypto;
