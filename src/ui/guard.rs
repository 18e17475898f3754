//! The guard: what is behind it is not even built before the session is known to be good.
//!
//! ```text
//! Pending  a quiet skeleton, and who keeps us waiting
//! Open     the children, built once per session and never again for a refresh
//! Closed   nothing; a redirect to the login page that replaces the history entry
//! ```
//! It hides, it does not protect: the API must refuse.

use super::{
    countdown::seconds_left,
    header::sign_out_button,
    idle::idle_warning,
    lazy::ProtectedPages,
    markup::{Markup, button, decoration, discard_painted, div, el, main, p, painted, region},
    text,
    watch::{Derived, Kept, derived, is, watch},
    way::{Here, to_login},
};
use crate::{
    browser::Vestibule,
    session::{Gate, SignedOutReason, Timestamp},
};
use leptos::prelude::*;

/// The gate, and which session it is open for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Not known yet.
    #[default]
    Pending,
    /// Open for the session signed in at that time.
    Open(Option<Timestamp>),
    /// Nobody is signed in.
    Closed,
}

/// The standing as a memo: it stays the same through any number of refreshes.
pub fn standing(vestibule: Vestibule) -> Derived<Standing> {
    let view = vestibule.view();
    derived(move || {
        view.with(|view| match view.gate {
            Gate::Pending => Standing::Pending,
            Gate::Open => Standing::Open(view.session),
            Gate::Closed => Standing::Closed,
        })
    })
}

/// Shows its children to who is signed in, and leads everybody else to the login page. Where the config has an idle timeout,
/// it asks who has not been there for long whether to stay.
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
    let standing = guard(vestibule);
    let guarded = move || match standing.get() {
        Standing::Pending => until_known(vestibule).into_any(),
        Standing::Open(_) => children(),
        Standing::Closed => ().into_any(),
    };
    (guarded, idle_warning(vestibule))
}

/// The guard of the app.
pub fn guarded(vestibule: Vestibule, pages: ProtectedPages) -> Markup {
    let standing = guard(vestibule);
    watch(move || {
        if matches!(standing.get(), Standing::Open(_)) {
            pages.ask();
        }
    });
    region(move || match standing.get() {
        Standing::Pending => until_known(vestibule),
        // Of another session they are built anew.
        Standing::Open(_) if pages.is_here() => pages.build(),
        Standing::Open(_) if pages.is_missing() => vec![pages.excuse()],
        Standing::Open(_) => vec![waiting(vestibule)],
        Standing::Closed => Vec::new(),
    })
}

/// Leads away when the gate closes.
fn guard(vestibule: Vestibule) -> Derived<Standing> {
    let standing = standing(vestibule);
    let here = Here::of();
    let to_login = to_login();
    watch(move || {
        if standing.get() == Standing::Closed {
            // Who signs out wants to leave, not to come back here.
            let leaves = vestibule.view().with_untracked(|view| view.reason == Some(SignedOutReason::Here));
            to_login(if leaves { None } else { here.return_path(vestibule) });
        }
    });
    standing
}

/// What is shown while nobody knows whether somebody is signed in: the form, where it was painted, since most likely nobody is; or
/// a quiet page. Where the service is away, there is something to say, and nothing to send a form to.
pub fn until_known(vestibule: Vestibule) -> Vec<Markup> {
    if painted().is_some() && vestibule.view().with(|view| view.retry_at.is_none()) {
        return Vec::new();
    }
    discard_painted();
    vec![waiting(vestibule)]
}

/// The quiet page: of a session that is not known to be good yet, or of pages whose code is on its way.
fn waiting(vestibule: Vestibule) -> Markup {
    let view = vestibule.view();
    let retry_at = derived(move || view.with(|view| view.retry_at));
    // Once the service was away, the page says so until it answers: no flicker between tries.
    let was_away = Kept::new(false);
    let is_away = is(move || {
        if retry_at.get().is_some() {
            was_away.set(true);
        }
        was_away.get()
    });
    let left = seconds_left(vestibule, retry_at);
    let retry = move || match left.get() {
        0 => text::RETRYING.say().to_owned(),
        left => text::RETRY_IN.fill(&text::seconds(left)),
    };
    let said = move || {
        if is_away.get() {
            let timer = el("p").attrs(&[("class", "waiting-retry"), ("role", "timer"), ("aria-live", "off")]);
            vec![p(text::SERVICE_AWAY).class("waiting-away"), timer.live_text(retry)]
        } else {
            let is_known = view.with_untracked(|view| view.gate == Gate::Open);
            vec![p(if is_known { text::LOADING } else { text::RESTORING }).class("waiting-text")]
        }
    };
    let deeds = move || {
        div("waiting-deeds")
            .child(button("button", text::TRY_NOW, move || vestibule.retry_now()))
            .child(sign_out_button(vestibule))
    };
    main("waiting")
        .attr("aria-busy", "true")
        .child(decoration("waiting-mark"))
        .child(el("h1").class("visually-hidden").text(&vestibule.config().app.title))
        .child(el("div").attr("role", "status").live(said))
        .child_while(move || is_away.get(), deeds)
}
