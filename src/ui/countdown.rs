//! Seconds until a point in time, as a value that is followed.

use super::watch::{Derived, State, derived, watch};
use crate::{browser::Vestibule, session::Timestamp};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use std::time::Duration;

/// The whole seconds left until `until`; 0 when it is past or there is none.
pub fn seconds_left(vestibule: Vestibule, until: Derived<Option<Timestamp>>) -> Derived<u64> {
    // The clock is looked at anew each second: a sleeping machine delays timers.
    let tick = State::new(());
    watch(move || {
        if until.get().is_some() {
            let handle = set_interval_with_handle(move || tick.set(()), Duration::from_secs(1));
            on_cleanup(move || {
                if let Ok(handle) = handle {
                    handle.clear();
                }
            });
        }
    });
    derived(move || {
        tick.track();
        until.get().map_or(0, |until| until.ms_since(vestibule.now()).div_ceil(1000))
    })
}
