//! The whole app: its routes, and what stands around every page.

use super::{
    arrival::{Announcer, skip_link},
    guard::{Guard, Standing, standing},
    header::AppHeader,
    login::LoginPage,
    page::Pages,
};
use crate::browser::{Vestibule, base_path};
use leptos::prelude::*;
use leptos_router::{
    components::{Outlet, ParentRoute, Route, Router, Routes},
    path,
};
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
    provide_context(vestibule);
    let announcer = Announcer::new();
    provide_context(announcer);
    publish_standing(standing(vestibule));
    view! {
        {skip_link()}
        <Router base=base_path()>
            <Routes fallback=|| ()>
                <Route path=path!("/login") view=LoginPage/>
                <ParentRoute path=path!("") view=Protected>
                    <Route path=path!("/*any") view=Pages/>
                </ParentRoute>
            </Routes>
        </Router>
        {announcer.view()}
    }
}

/// What every protected page has around it.
#[component]
fn Protected() -> impl IntoView {
    view! {
        <Guard>
            <AppHeader/>
            <Outlet/>
        </Guard>
    }
}

/// Style sheets and tests read `html[data-session]`.
fn publish_standing(standing: Memo<Standing>) {
    Effect::new(move |_| {
        let name = match standing.get() {
            Standing::Pending => "starting",
            Standing::Open(_) => "signed-in",
            Standing::Closed => "signed-out",
        };
        if let Some(root) = document().document_element() {
            _ = root.set_attribute("data-session", name);
        }
    });
}
