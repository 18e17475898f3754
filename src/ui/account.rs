//! The account menu: who is signed in and since when, how the page looks, and the way out.
//!
//! A button that opens a panel of the browser's own (`popover`): it closes by Escape, by a click elsewhere and when the focus
//! leaves it, and the focus goes back to the button. What is in it are plain controls, each reached by Tab.

use super::{
    header::sign_out_button,
    language::language_switch,
    local,
    markup::{Markup, Slot, decoration, div, el, p},
    require,
    text::{self, Text},
    theme::{self, Theme},
    watch::{State, derived, watch},
};
use crate::{browser::Vestibule, config::Pointer};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{Event, FocusEvent, HtmlElement, HtmlInputElement, Node};

/// What the browser calls a panel that is there to be seen.
const OPEN: &str = "open";

/// The button and its panel.
pub fn account_menu(vestibule: Vestibule) -> Markup {
    let view = vestibule.view();
    let name = derived(move || {
        view.with(|view| view.user.as_ref().and_then(require::user_name).map(str::to_owned)).unwrap_or_default()
    });
    let label = move || match name.get() {
        name if name.is_empty() => text::ACCOUNT.say().to_owned(),
        name => text::SIGNED_IN_AS.fill(&name),
    };
    let is_open = State::new(false);
    let theme = State::new(theme::current());
    theme::follow(move || theme.set(theme::current()));
    let panel = Slot::new();
    let open = el("button")
        .attrs(&[("type", "button"), ("class", "account-button"), ("popovertarget", "account")])
        .live_attr("aria-label", move || Some(label()))
        .state("aria-expanded", move || is_open.get())
        // Drawn, not said: what a button is called begins with what is written on it.
        .child(decoration("avatar").live_attr("data-initials", move || Some(name.with(|name| initials(name)))))
        .child(el("span").class("who-name").live_text(move || name.get()));
    // Filled before it is seen; emptied when the focus has gone back to the button.
    let turns = move |newly: &'static str| {
        move |event: Event| {
            let state = js_sys::Reflect::get(&event, &"newState".into()).ok().and_then(|state| state.as_string());
            if state.as_deref() == Some(newly) {
                is_open.set(newly == OPEN);
            }
        }
    };
    let leaves = move |event: Event| {
        let to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        if let (Some(to), Some(panel)) = (to, panel.get())
            && !panel.contains(to.dyn_ref::<Node>())
            && let Some(panel) = panel.dyn_ref::<HtmlElement>()
        {
            _ = panel.hide_popover();
        }
    };
    let panel = div("account-panel")
        .attrs(&[("id", "account"), ("popover", "auto"), ("role", "group")])
        .attr("aria-label", text::ACCOUNT)
        .slot(panel)
        .on("beforetoggle", turns(OPEN))
        .on("toggle", turns("closed"))
        .on("focusout", leaves)
        // Built when it is opened: closed, it is nothing that anybody could find.
        .live(move || if is_open.get() { content(vestibule, theme) } else { Vec::new() });
    div("account").child(open).child(panel)
}

fn content(vestibule: Vestibule, theme: State<Theme>) -> Vec<Markup> {
    let who = vestibule.view().with_untracked(|view| {
        let user = view.user.as_ref();
        let name = user.and_then(require::user_name);
        let email = user.and_then(email).filter(|email| name != Some(email));
        let name = name.map(|name| p(text::SIGNED_IN_AS.with(name)).class("account-name"));
        let email = email.map(|email| p(email).class("account-mail"));
        let since = view.session.map(|at| {
            let since = move || local::says_when(text::SIGNED_IN_SINCE, at, local::DAY_AND_TIME).into_iter().collect();
            // By itself, so that another language does not build anew what it is picked in.
            div("account-since").live(since)
        });
        [name, email, since]
    });
    let who = div("account-who").children(who.into_iter().flatten());
    let language = language_switch(vestibule)
        .map(|switch| el("label").class("setting").child(el("span").text(text::LANGUAGE)).child(switch));
    [Some(who), Some(theme_switch(theme)), language, Some(sign_out_button(vestibule))].into_iter().flatten().collect()
}

fn theme_switch(current: State<Theme>) -> Markup {
    let choice = |theme: Theme, label: Text| {
        let slot = Slot::new();
        watch(move || {
            let is_chosen = current.get() == theme;
            if let Some(input) = slot.get().as_ref().and_then(|input| input.dyn_ref::<HtmlInputElement>()) {
                input.set_checked(is_chosen);
            }
        });
        let input = el("input").attrs(&[("type", "radio"), ("name", "theme")]).attr("value", theme).slot(slot).on(
            "change",
            move |_| {
                theme::choose(theme);
                current.set(theme);
            },
        );
        el("label").child(input).child(el("span").text(label))
    };
    el("fieldset")
        .class("choices")
        .child(el("legend").text(text::THEME))
        .child(choice(theme::SYSTEM, text::THEME_SYSTEM))
        .child(choice(theme::LIGHT, text::THEME_LIGHT))
        .child(choice(theme::DARK, text::THEME_DARK))
}

fn email(user: &Value) -> Option<&str> {
    Pointer::parse("/email").ok()?.find(user)?.as_str()
}

/// The first letter of the first word, and of the last; of an address the first. The style sheet makes them capitals.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).collect()
}
