//! Where the code of the UI comes from. What was typed and sent by the time the flow runs is on its way without it; so it comes
//! behind the flow, and the first that anybody waits for is short.
//!
//! ```text
//! cargo xtask build   feature `split`: what only `risen` reaches is cut out of the app, into a module of its own beside it
//!                     (`dev/xtask/src/split.rs`); `loadUi` in the app's script fetches and links it
//! everything else     the code is there from the start, and `risen` is called as it stands
//! ```
//! Until then the painted form stands in for it (`src/start.js`), and says so where it cannot be had. Behind it come the protected
//! pages (`lazy.rs`).

use super::{app::App, app::mount, language::greet, problem_page::ConfigProblemPage};
use crate::browser::{ConfigProblem, Vestibule, load_ui, spawn};
use std::cell::Cell;

/// What there is to show: the flow that runs, or what is wrong with the config.
pub type Begun = Result<Vestibule, ConfigProblem>;

/// Mounts the app once the code of the UI is here.
pub async fn rise(begun: Begun) {
    if load_ui().await {
        behind_the_flow(&Cell::new(Some(begun)));
    }
}

/// Mounts the app, in the language of whoever is there.
fn risen(begun: &Cell<Option<Begun>>) {
    let Some(begun) = begun.take() else { return };
    spawn(async move {
        greet(begun.as_ref().ok().map(Vestibule::config)).await;
        match begun {
            Ok(vestibule) => mount(move || leptos::view! { <App vestibule/> }),
            Err(problem) => mount(move || leptos::view! { <ConfigProblemPage problem/> }),
        }
    });
}

#[cfg(not(feature = "split"))]
use risen as behind_the_flow;

#[cfg(feature = "split")]
use cut::behind_the_flow;

/// The two sides of the cut, as in `lazy.rs`.
#[cfg(feature = "split")]
#[allow(
    unsafe_code,
    improper_ctypes,
    improper_ctypes_definitions,
    reason = "both sides are compiled together, from the same types"
)]
mod cut {
    use super::{Begun, Cell, risen};

    #[link(wasm_import_module = "__wasm_split_placeholder__")]
    unsafe extern "C" {
        #[link_name = "__wasm_split_00ui00_import_76657374696275756c652d75692d2d2d_risen"]
        pub safe fn behind_the_flow(begun: &Cell<Option<Begun>>);
    }

    #[unsafe(export_name = "__wasm_split_00ui00_export_76657374696275756c652d75692d2d2d_risen")]
    extern "C" fn ui(begun: &Cell<Option<Begun>>) {
        risen(begun);
    }
}
