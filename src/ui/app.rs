//! The whole app: its routes, and what stands around every page.

use super::{
    arrival::{Announcer, skip_link},
    guard::{Standing, guarded, standing},
    lazy::ProtectedPages,
    login::login,
    markup::{Markup, discard_painted, div, region},
    panel::panel,
    watch::{Derived, is, watch},
    way::{Here, LOGIN},
};
use crate::browser::Vestibule;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Mounts a view in `#app`, or in the body of a page that has no such element.
pub fn mount<F, N>(view: F)
where
    F: FnOnce() -> N + 'static,
    N: IntoView + 'static,
{
    let place =
        document().get_element_by_id("app").and_then(|element| element.dyn_into().ok()).or_else(|| document().body());
    if let Some(place) = place {
        leptos::mount::mount_to(place, view).forget();
    }
}

/// The app that `config.json` describes: a login page, and the protected pages behind a guard.
#[component]
pub fn App(
    /// The running login flow.
    vestibule: Vestibule,
) -> impl IntoView {
    let announcer = Announcer::start(vestibule);
    publish_standing(standing(vestibule));
    Here::start();
    div("region").child(skip_link()).child(routes(vestibule)).children(panel(vestibule)).child(announcer.view())
}

/// Two routes: the login page, and everything else behind the guard. The config says what else there is, so the
/// router's own matching would have nothing to match.
fn routes(vestibule: Vestibule) -> Markup {
    let here = Here::of();
    let pages = ProtectedPages::of(vestibule);
    // Behind the first paint. It is under way already (`dev/xtask/src/split.rs`).
    request_animation_frame(move || pages.ask());
    let is_login = is(move || here.path().trim_end_matches('/') == LOGIN);
    region(move || {
        let route = if is_login.get() { login(vestibule) } else { guarded(vestibule, pages) };
        vec![route]
    })
}

/// Style sheets and tests read `html[data-session]`.
fn publish_standing(standing: Derived<Standing>) {
    watch(move || {
        let name = match standing.get() {
            Standing::Pending => "starting",
            Standing::Open(_) => {
                discard_painted();
                "signed-in"
            }
            Standing::Closed => "signed-out",
        };
        if let Some(root) = document().document_element() {
            _ = root.set_attribute("data-session", name);
        }
    });
}
