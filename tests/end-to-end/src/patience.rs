//! Waiting for something to become true, and never without an end.

use std::time::{Duration, Instant};

/// How long a step may take on a busy machine. A test that needs less is no slower for it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What is between two looks.
const PAUSE: Duration = Duration::from_millis(25);

/// Looks again and again until there is something to see.
///
/// `look` gives what was waited for, or a sentence that says what was there instead; the last of these
/// sentences is in the panic.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Result<T, String>) -> T {
    until_within(what, PATIENCE, look).await
}

/// As [`until`], with a limit of its own.
pub async fn until_within<T>(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    loop {
        let seen = match look().await {
            Ok(found) => return found,
            Err(seen) => seen,
        };
        assert!(began.elapsed() < limit, "waited {} ms in vain for {what}: {seen}", began.elapsed().as_millis());
        tokio::time::sleep(PAUSE).await;
    }
}
