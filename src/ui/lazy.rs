//! Where the code of the protected pages comes from: nobody needs it before they have signed in, so nobody waits for it at first.
//!
//! ```text
//! cargo xtask build   feature `split`: what only `built` reaches is cut out of the app, into a module of its own beside
//!                     it (`dev/xtask/src/split.rs`); `loadPages` in the app's script fetches and links it, with its styles
//! everything else     the code is there from the start, and `built` is called as it stands
//! ```
//! It comes behind the UI (`rise.rs`). What the seam is: one function from the running flow to what stands behind the guard.

use super::{
    header::header,
    idle::idle_warning,
    language::bring_later_texts,
    markup::{Markup, button, div, el, main, p},
    page::pages,
    text,
    watch::{Kept, State, on_network},
    way::Here,
};
use crate::{
    browser::{Vestibule, load_pages, spawn},
    session::Gate,
};
use leptos::prelude::*;

/// The protected pages, wherever their code is by now.
#[derive(Clone, Copy)]
pub struct ProtectedPages {
    vestibule: Vestibule,
    is_here: State<bool>,
    is_missing: State<bool>,
    is_asked: Kept<bool>,
}

impl ProtectedPages {
    /// Not asked for yet.
    pub fn of(vestibule: Vestibule) -> Self {
        let pages = Self {
            vestibule,
            is_here: State::new(!cfg!(feature = "split")),
            is_missing: State::new(false),
            is_asked: Kept::new(false),
        };
        // What failed for want of a network comes of its own when there is one again.
        on_network(vestibule, move || pages.ask());
        pages
    }

    /// Whether they can be built. Tracked.
    pub fn is_here(self) -> bool {
        self.is_here.get()
    }

    /// Whether they could not be had, and somebody waits for them. Tracked.
    pub fn is_missing(self) -> bool {
        self.is_missing.get()
    }

    /// Has the code fetched, unless it is here or on its way.
    pub fn ask(self) {
        if self.is_here.get_untracked() || self.is_asked.get() {
            return;
        }
        self.is_asked.set(true);
        if self.is_missing.get_untracked() {
            self.is_missing.set(false);
        }
        spawn(async move {
            let is_here = load_pages().await;
            let is_awaited = self.vestibule.view().with_untracked(|view| view.gate == Gate::Open);
            self.is_asked.set(false);
            if is_here {
                self.is_here.set(true);
            } else if is_awaited {
                self.is_missing.set(true);
            }
            // Otherwise nobody has missed it. Whoever does asks again.
        });
    }

    /// What stands behind the guard. Nothing where the code is not here.
    pub fn build(self) -> Vec<Markup> {
        let mut built = Vec::new();
        if self.is_here.get_untracked() {
            behind_the_guard(&self.vestibule, &mut built);
        }
        built
    }

    /// The page that says that they could not be had.
    pub fn excuse(self) -> Markup {
        let is_online = self.vestibule.is_online().get_untracked();
        let sentence = if is_online { text::QUERY_UNREACHABLE } else { text::QUERY_OFFLINE };
        // Of a deploy that has changed meanwhile, only a reload learns.
        let reload = || _ = window().location().reload();
        let deeds = div("waiting-deeds")
            .child(button("button primary", text::TRY_AGAIN, move || self.ask()))
            .child(button("button", text::RELOAD, reload));
        main("waiting").child(el("div").attr("role", "alert").child(p(sentence).class("waiting-away"))).child(deeds)
    }
}

/// Builds what only the protected pages need.
fn built(vestibule: Vestibule) -> Vec<Markup> {
    bring_later_texts();
    Here::of().start_router();
    vec![header(vestibule), pages(vestibule), idle_warning(vestibule)]
}

#[cfg(not(feature = "split"))]
fn behind_the_guard(vestibule: &Vestibule, out: &mut Vec<Markup>) {
    *out = built(*vestibule);
}

#[cfg(feature = "split")]
use cut::behind_the_guard;

/// The two sides of the cut, under the names by which the splitter finds them. It puts a call of the second in place of a call of the first.
#[cfg(feature = "split")]
#[allow(
    unsafe_code,
    improper_ctypes,
    improper_ctypes_definitions,
    reason = "both sides are compiled together, from the same types"
)]
mod cut {
    use super::{Markup, Vestibule, built};

    #[link(wasm_import_module = "__wasm_split_placeholder__")]
    unsafe extern "C" {
        #[link_name = "__wasm_split_00pages00_import_76657374696275756c652d7061676573_built"]
        pub safe fn behind_the_guard(vestibule: &Vestibule, out: &mut Vec<Markup>);
    }

    #[unsafe(export_name = "__wasm_split_00pages00_export_76657374696275756c652d7061676573_built")]
    extern "C" fn pages(vestibule: &Vestibule, out: &mut Vec<Markup>) {
        *out = built(*vestibule);
    }
}
