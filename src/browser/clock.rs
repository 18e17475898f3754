//! The wall clock and chance: what the floors below may not have.

use crate::session::{Jitter, Timestamp};
use futures_channel::oneshot;
use gloo_timers::callback::Timeout;

/// Milliseconds since the Unix epoch.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast of a float saturates, and times are whole"
)]
pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as u64)
}

/// A share of a back-off, so that a thousand tabs do not come back at once.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..256 by construction")]
pub fn jitter() -> Jitter {
    Jitter((js_sys::Math::random() * 256.0) as u8)
}

/// Up to 255 ms, so that not all tabs wake in the same millisecond.
pub fn stagger_ms() -> u64 {
    u64::from(jitter().0)
}

/// Lets so many milliseconds pass.
pub async fn pause(span_ms: u32) {
    let (sender, is_over) = oneshot::channel::<()>();
    let _timeout = Timeout::new(span_ms, move || _ = sender.send(()));
    _ = is_over.await;
}
