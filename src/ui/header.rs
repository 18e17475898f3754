//! The header of every protected page: where one can go, who one is, and the way out.

use super::{
    account::account_menu,
    markup::{Markup, button, div, el, p},
    text,
    toast::Toasts,
    watch::{derived, is, on_network},
    way::{Here, address},
};
use crate::browser::Vestibule;
use leptos::prelude::*;

/// The app's title, the menu, the account and the way out; and the notes that whoever stands behind it may want to say.
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn AppHeader() -> impl IntoView {
    header(expect_context::<Vestibule>())
}

/// The header as a function.
pub fn header(vestibule: Vestibule) -> Markup {
    let config = vestibule.config();
    let here = Here::of();
    let current = derived(move || {
        let config = vestibule.config();
        config.page_at(&here.path()).map(|(page, _)| page.path.clone())
    });
    let entry = |path: &str, label: &str| {
        let own = path.to_owned();
        let is_current =
            move || current.with(|current| current.as_deref() == Some(own.as_str())).then(|| "page".to_owned());
        let link = el("a").attr("href", &address(path)).live_attr("aria-current", is_current).text(label);
        el("li").child(link)
    };
    let entries = config.pages.iter().filter_map(|page| Some(entry(&page.path, page.menu.as_deref()?)));
    let menu =
        el("nav").class("menu").attr("aria-label", text::MENU).child(el("ul").attr("role", "list").children(entries));
    let toasts = Toasts::new();
    provide_context(toasts);
    on_network(vestibule, move || toasts.say(text::BACK_ONLINE.into()));
    let who = div("who").child(account_menu(vestibule)).child(sign_out_button(vestibule));
    el("header")
        .class("bar")
        .child(el("a").class("brand").attr("href", &address("/")).text(&config.app.title))
        .child(menu)
        .child(who)
        .child(div("notes").child(warnings(vestibule)).child(toasts.view()))
}

/// A button that signs out: here, in all tabs, and at the provider.
///
/// # Panics
/// Without a [`Vestibule`] in context.
#[component]
pub fn SignOutButton() -> impl IntoView {
    sign_out_button(expect_context::<Vestibule>())
}

/// The button as a function.
pub fn sign_out_button(vestibule: Vestibule) -> Markup {
    button("button quiet", text::SIGN_OUT, move || vestibule.sign_out()).attr("data-action", "sign-out")
}

/// What a signed-in person should know before it hurts.
fn warnings(vestibule: Vestibule) -> Markup {
    let view = vestibule.view();
    let is_unsaved = is(move || view.with(|view| view.is_unsaved));
    let is_online = vestibule.is_online();
    div("warnings")
        .attr("role", "status")
        .child_while(move || !is_online.get(), || p(text::DEVICE_OFFLINE))
        .child_while(move || is_unsaved.get(), || p(text::UNSAVED))
}
