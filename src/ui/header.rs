//! The header of every protected page: where one can go, who one is, and the way out.

use super::{
    require, text,
    way::{Here, address},
};
use crate::browser::Vestibule;
use leptos::prelude::*;

/// The app's title, the menu, the user's name and the way out.
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn AppHeader() -> impl IntoView {
    let vestibule = expect_context::<Vestibule>();
    let config = vestibule.config();
    let view = vestibule.view();
    let name = Memo::new(move |_| {
        view.with(|view| view.user.as_ref().and_then(require::user_name).map(str::to_owned)).unwrap_or_default()
    });
    let here = Here::of();
    let current = Memo::new(move |_| {
        let config = vestibule.config();
        config.page_at(&here.path()).map(|(page, _)| page.path.clone())
    });
    let entry = |path: &str, label: &str| {
        let (own, href, label) = (path.to_owned(), address(path), label.to_owned());
        let is_current = move || current.with(|current| current.as_deref() == Some(own.as_str())).then_some("page");
        view! { <li><a href=href aria-current=is_current>{label}</a></li> }
    };
    let entries = config.pages.iter().filter_map(|page| Some(entry(&page.path, page.menu.as_deref()?))).collect_view();
    view! {
        <header class="bar">
            <a class="brand" href=address("/")>{config.app.title.clone()}</a>
            <nav class="menu" aria-label=text::MENU>
                <ul role="list">{entries}</ul>
            </nav>
            <div class="who">
                <span class="who-name">{move || name.get()}</span>
                <SignOutButton/>
            </div>
        </header>
        {warnings(vestibule)}
    }
}

/// A button that signs out: here, in all tabs, and at the provider.
///
/// # Panics
/// Without a [`Vestibule`] in context.
#[component]
pub fn SignOutButton() -> impl IntoView {
    let vestibule = expect_context::<Vestibule>();
    view! {
        <button type="button" class="button quiet" data-action="sign-out" on:click=move |_| vestibule.sign_out()>
            {text::SIGN_OUT}
        </button>
    }
}

/// What a signed-in person should know before it hurts.
fn warnings(vestibule: Vestibule) -> AnyView {
    let view = vestibule.view();
    let is_unsaved = Memo::new(move |_| view.with(|view| view.is_unsaved));
    let is_online = vestibule.is_online();
    view! {
        <div class="warnings" role="status">
            {move || (!is_online.get()).then(|| view! { <p>{text::DEVICE_OFFLINE}</p> })}
            {move || is_unsaved.get().then(|| view! { <p>{text::UNSAVED}</p> })}
        </div>
    }
    .into_any()
}
