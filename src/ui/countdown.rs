//! Seconds until a point in time, as a value that is followed.

use super::{
    markup::{Markup, el},
    text::{Text, seconds},
    watch::{Derived, State, derived, watch},
};
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

/// A sentence with the time that is left in its gap. The ticking number is a region of its own that is not read out each
/// second.
pub fn timed(paragraph: Markup, sentence: Text, left: Derived<u64>) -> Markup {
    let timer = el("span").attrs(&[("role", "timer"), ("aria-live", "off")]);
    paragraph
        .live_text(move || sentence.around().0.to_owned())
        .child(timer.live_text(move || seconds(left.get())))
        .live_text(move || sentence.around().1.to_owned())
}
