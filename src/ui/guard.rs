//! The guard: what is behind it is not even built before the session is known to be good.
//!
//! ```text
//! Pending  a quiet skeleton, and who keeps us waiting
//! Open     the children, built once per session and never again for a refresh
//! Closed   nothing; a redirect to the login page that replaces the history entry
//! ```
//! It hides, it does not protect: the API must refuse.

use super::{
    TRUE,
    countdown::seconds_left,
    header::SignOutButton,
    text,
    way::{Here, to_login},
};
use crate::{
    browser::Vestibule,
    session::{Gate, SignedOutReason, Timestamp},
};
use leptos::prelude::*;

/// The gate, and which session it is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not known yet.
    Pending,
    /// Open for the session signed in at that time.
    Open(Option<Timestamp>),
    /// Nobody is signed in.
    Closed,
}

/// The standing as a memo: it stays the same through any number of refreshes.
pub fn standing(vestibule: Vestibule) -> Memo<Standing> {
    let view = vestibule.view();
    Memo::new(move |_| {
        view.with(|view| match view.gate {
            Gate::Pending => Standing::Pending,
            Gate::Open => Standing::Open(view.session),
            Gate::Closed => Standing::Closed,
        })
    })
}

/// Shows its children to who is signed in, and leads everybody else to the login page.
///
/// Put it into a parent route, around an `<Outlet/>`. (Leptos' own `ProtectedParentRoute` builds its children anew
/// whenever its condition is computed, and its redirect makes Back bounce.)
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn Guard(
    /// What is guarded. Built when the gate opens, and anew only for another session.
    children: ChildrenFn,
) -> impl IntoView {
    let vestibule = expect_context::<Vestibule>();
    let standing = standing(vestibule);
    let here = Here::of();
    let to_login = to_login();
    Effect::new(move |_| {
        if standing.get() == Standing::Closed {
            // Who signs out wants to leave, not to come back here.
            let leaves = vestibule.view().with_untracked(|view| view.reason == Some(SignedOutReason::Here));
            to_login(if leaves { None } else { here.return_path(vestibule) });
        }
    });
    move || match standing.get() {
        Standing::Pending => waiting(vestibule),
        Standing::Open(_) => children(),
        Standing::Closed => ().into_any(),
    }
}

/// The quiet page of a session that is not known to be good yet.
pub fn waiting(vestibule: Vestibule) -> AnyView {
    let view = vestibule.view();
    let retry_at = Memo::new(move |_| view.with(|view| view.retry_at));
    let is_away = Memo::new(move |was: Option<&bool>| {
        // Once the service was away, the page says so until it answers: no flicker between tries.
        was.copied().unwrap_or_default() || retry_at.get().is_some()
    });
    let left = seconds_left(vestibule, retry_at);
    view! {
        <main class="waiting" id="content" tabindex="-1" aria-busy="true">
            <div class="waiting-mark" aria-hidden=TRUE></div>
            <div role="status">
                {move || (!is_away.get()).then(|| view! { <p class="waiting-text">{text::RESTORING}</p> })}
                {move || is_away.get().then(|| view! {
                    <p class="waiting-away">{text::SERVICE_AWAY}</p>
                    <p class="waiting-retry" role="timer" aria-live="off">{move || match left.get() {
                        0 => text::RETRYING.to_owned(),
                        left => [text::RETRY_IN, &text::seconds(left), "."].concat(),
                    }}</p>
                })}
            </div>
            {move || is_away.get().then(|| view! {
                <div class="waiting-deeds">
                    <button type="button" class="button" on:click=move |_| vestibule.retry_now()>{text::TRY_NOW}</button>
                    <SignOutButton/>
                </div>
            })}
        </main>
    }
    .into_any()
}
