//! One field of the login form: label, input, and what is said next to it.
//!
//! The input is uncontrolled: what stands in it is read at the submit, so what a password manager filled in and what was
//! typed before the start both count.

use super::{
    markup::{Markup, div, el},
    text::{self, Said},
    watch::{Derived, State, is},
};
use crate::config::FieldKind;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

/// What an input is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The username.
    Username {
        /// It is an e-mail address.
        is_email: bool,
        /// A passkey may be picked in its place.
        has_passkeys: bool,
    },
    /// The password.
    Password,
    /// A second step.
    Challenge(FieldKind),
}

/// One field.
#[derive(Clone)]
pub struct Field {
    /// Its name in the form.
    pub name: &'static str,
    /// Its label.
    pub label: Said,
    /// What it is for.
    pub purpose: Purpose,
}

/// What all fields of a form share.
#[derive(Clone, Copy)]
pub struct FieldSignals {
    /// A request is under way: the inputs are read-only, not disabled, for password managers skip disabled ones.
    pub is_busy: Derived<bool>,
    /// The names of the fields that were empty at the submit.
    pub missing: State<Vec<&'static str>>,
    /// The password can be read.
    pub is_shown: State<bool>,
}

impl Field {
    /// The label, the input, and the place for what is said about it.
    pub fn view(self, signals: FieldSignals) -> Markup {
        let FieldSignals { is_busy, missing, is_shown } = signals;
        let Self { name, label, purpose } = self;
        let is_password = purpose == Purpose::Password;
        let id = ["login-", name].concat();
        let hint_id = [&id, "-hint"].concat();
        let (autocomplete, key, input_mode) = match purpose {
            Purpose::Username { is_email, has_passkeys } => {
                // WebAuthn Level 3 §14.2: among what is filled in, passkeys too.
                let filled_in = if has_passkeys { "username webauthn" } else { "username" };
                (filled_in, "next", if is_email { "email" } else { "text" })
            }
            Purpose::Password => ("current-password", "go", "text"),
            Purpose::Challenge(FieldKind::OneTimeCode) => ("one-time-code", "go", "numeric"),
            Purpose::Challenge(FieldKind::Text) => ("off", "go", "text"),
        };
        let kind = move || {
            let kind = match purpose {
                Purpose::Username { is_email: true, .. } => "email",
                Purpose::Password if !is_shown.get() => "password",
                Purpose::Username { .. } | Purpose::Password | Purpose::Challenge(_) => "text",
            };
            Some(kind.to_owned())
        };
        let is_missing = is(move || missing.with(|missing| missing.contains(&name)));
        let has_caps_lock = State::new(false);
        let look_at_caps_lock = move |event: Event| {
            // Autofill sends key events that are none.
            let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
            let is_on = event.get_modifier_state("CapsLock");
            if is_password && has_caps_lock.get_untracked() != is_on {
                has_caps_lock.set(is_on);
            }
        };
        let hint = {
            let label = label.clone();
            move || {
                if is_missing.get() {
                    match purpose {
                        Purpose::Username { is_email: true, .. } => text::MISSING_EMAIL.say().to_owned(),
                        Purpose::Username { is_email: false, .. } => text::MISSING_USERNAME.say().to_owned(),
                        Purpose::Password => text::MISSING_PASSWORD.say().to_owned(),
                        Purpose::Challenge(_) => text::MISSING.fill(&label.say()),
                    }
                } else if has_caps_lock.get() {
                    text::CAPS_LOCK.say().to_owned()
                } else {
                    String::new()
                }
            }
        };
        let described_by = hint_id.clone();
        let described_by = move || (is_missing.get() || has_caps_lock.get()).then(|| described_by.clone());
        let input = el("input")
            .class(if is_password { "with-button" } else { "" })
            .attrs(&[("autocapitalize", "none"), ("spellcheck", "false"), ("required", "")])
            .attr("id", &id)
            .attr("name", name)
            .live_attr("type", kind)
            .attr("dir", if is_password { "auto" } else { "ltr" })
            .attr("autocomplete", autocomplete)
            .attr("enterkeyhint", key)
            .attr("inputmode", input_mode)
            .flag("readonly", move || is_busy.get())
            .live_attr("aria-invalid", move || is_missing.get().then(|| "true".to_owned()))
            .live_attr("aria-describedby", described_by)
            .on("keydown", look_at_caps_lock)
            .on("keyup", look_at_caps_lock)
            .on("blur", move |_| has_caps_lock.set(false));
        let hint = el("span")
            .attrs(&[("class", "hint"), ("role", "status")])
            .live_class("wrong", move || is_missing.get())
            .attr("id", &hint_id)
            .live_text(hint);
        let head = div("field-head").child(el("label").attr("for", &id).text(label)).child(hint);
        let input_box = div("input-box").child(input).children(is_password.then(|| show_button(is_shown)));
        div("field").child(head).child(input_box)
    }
}

fn show_button(is_shown: State<bool>) -> Markup {
    el("button")
        .attrs(&[("type", "button"), ("class", "show-password")])
        .attr("aria-label", text::SHOW_PASSWORD)
        .attr("title", text::SHOW_PASSWORD)
        .state("aria-pressed", move || is_shown.get())
        .on("click", move |_| is_shown.update(|is_shown| *is_shown = !*is_shown))
}
