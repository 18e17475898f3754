//! Short notes in a corner of the page: what has just been done, and needs no answer.
//!
//! A note takes no focus, and goes away by itself: after five seconds at least, later while somebody points at it or has the
//! focus in it. It never is the only sign of something that went wrong.

use super::{
    markup::{Markup, button, div, el},
    text::{self, Said},
    watch::{Kept, State},
};
use leptos::{leptos_dom::helpers::set_timeout, prelude::*};
use std::time::Duration;

/// So many are seen at once; a further one takes the place of the oldest.
const MOST: usize = 3;
/// How long a note stays, in ticks.
const STAYS: u32 = 6;
/// A tick. The first may be cut short.
const TICK: Duration = Duration::from_secs(1);

/// One note: what it says, and for how many ticks it stays.
type Note = (State<Option<Said>>, Kept<u32>);

/// The notes of the app. Copy: it is handed to whoever has something to say.
#[derive(Clone, Copy)]
pub struct Toasts {
    notes: [Note; MOST],
    is_held: Kept<bool>,
    is_ticking: Kept<bool>,
}

impl Toasts {
    /// Those that are in context. Where there are none, as in another app that takes a part of this one, nobody sees them.
    pub fn of() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// None yet.
    pub fn new() -> Self {
        let note = || (State::new(None), Kept::new(0));
        Self { notes: [note(), note(), note()], is_held: Kept::new(false), is_ticking: Kept::new(false) }
    }

    /// Says something.
    pub fn say(self, text: Said) {
        // Said again: the same note stays longer.
        let same = self.notes.iter().find(|(said, _)| said.with_untracked(|said| said.as_ref() == Some(&text)));
        let place = same.or_else(|| self.notes.iter().min_by_key(|(_, left)| left.get()));
        if let Some((said, left)) = place {
            left.set(STAYS);
            said.set(Some(text));
        }
        if !self.is_ticking.get() {
            self.tick_later();
        }
    }

    /// The region that they appear in; in the page from the start.
    pub fn view(self) -> Markup {
        let is_held = self.is_held;
        let holds = move |holds: bool| move |_| is_held.set(holds);
        el("div")
            .class("toasts")
            .attrs(&[("role", "status"), ("aria-atomic", "false")])
            .on("pointerenter", holds(true))
            .on("pointerleave", holds(false))
            .on("focusin", holds(true))
            .on("focusout", holds(false))
            .children(self.notes.map(shown))
    }

    fn tick_later(self) {
        self.is_ticking.set(true);
        set_timeout(move || self.tick(), TICK);
    }

    fn tick(self) {
        let mut is_any_left = false;
        for (said, left) in self.notes {
            let ticks = left.get();
            if ticks > 0 && !self.is_held.get() {
                left.set(ticks - 1);
                if ticks == 1 {
                    said.set(None);
                }
            }
            is_any_left |= left.get() > 0;
        }
        self.is_ticking.set(false);
        if is_any_left {
            self.tick_later();
        }
    }
}

fn shown((said, left): Note) -> Markup {
    div("region").live(move || {
        let Some(text) = said.get() else { return Vec::new() };
        let dismiss = move || {
            left.set(0);
            said.set(None);
        };
        let dismiss = button("toast-dismiss", "", dismiss).attr("aria-label", text::DISMISS);
        vec![div("toast").child(el("p").text(text)).child(dismiss)]
    })
}
