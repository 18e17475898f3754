//! One field of the login form: label, input, and what is said next to it.
//!
//! The input is uncontrolled: what stands in it is read at the submit, so what a password manager filled in and what was
//! typed before the start both count.

use super::text;
use crate::config::FieldKind;
use leptos::{ev, html, prelude::*};

/// What an input is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The username.
    Username {
        /// It is an e-mail address.
        is_email: bool,
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
    pub name: String,
    /// Its label.
    pub label: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// What all fields of a form share.
#[derive(Clone, Copy)]
pub struct FieldSignals {
    /// A request is under way: the inputs are read-only, not disabled, for password managers skip disabled ones.
    pub is_busy: Memo<bool>,
    /// The names of the fields that were empty at the submit.
    pub missing: RwSignal<Vec<String>>,
    /// The password can be read.
    pub is_shown: RwSignal<bool>,
}

impl Field {
    /// The label, the input, and the place for what is said about it.
    pub fn view(self, signals: FieldSignals) -> AnyView {
        let FieldSignals { is_busy, missing, is_shown } = signals;
        let Self { name, label, purpose } = self;
        let is_password = purpose == Purpose::Password;
        let id = ["login-", &name].concat();
        let hint_id = [&id, "-hint"].concat();
        let (autocomplete, key, input_mode) = match purpose {
            Purpose::Username { .. } => ("username", "next", None),
            Purpose::Password => ("current-password", "go", None),
            Purpose::Challenge(FieldKind::OneTimeCode) => ("one-time-code", "go", Some("numeric")),
            Purpose::Challenge(FieldKind::Text) => ("off", "go", None),
        };
        let kind = move || match purpose {
            Purpose::Username { is_email: true } => "email",
            Purpose::Password if !is_shown.get() => "password",
            Purpose::Username { .. } | Purpose::Password | Purpose::Challenge(_) => "text",
        };
        let is_missing = {
            let name = name.clone();
            Memo::new(move |_| missing.with(|missing| missing.contains(&name)))
        };
        let has_caps_lock = RwSignal::new(false);
        let look_at_caps_lock = move |event: ev::KeyboardEvent| {
            if is_password {
                // Autofill sends key events that are none.
                let is_on = js_sys::Reflect::has(&event, &"getModifierState".into()).unwrap_or_default()
                    && event.get_modifier_state("CapsLock");
                if has_caps_lock.get_untracked() != is_on {
                    has_caps_lock.set(is_on);
                }
            }
        };
        let hint = {
            let sentence = text::missing(&label);
            move || {
                if is_missing.get() {
                    sentence.clone()
                } else if has_caps_lock.get() {
                    text::CAPS_LOCK.to_owned()
                } else {
                    String::new()
                }
            }
        };
        let described_by = hint_id.clone();
        view! {
            <div class="field">
                <div class="field-head">
                    <label for=id.clone()>{label}</label>
                    <span class="hint" class:wrong=move || is_missing.get() id=hint_id role="status">{hint}</span>
                </div>
                <div class="input-box">
                    <input
                        id=id
                        class=if is_password { "with-button" } else { "" }
                        name=name
                        type=kind
                        dir=if is_password { "auto" } else { "ltr" }
                        autocomplete=autocomplete
                        autocapitalize="none"
                        spellcheck="false"
                        enterkeyhint=key
                        inputmode=input_mode
                        required
                        readonly=move || is_busy.get()
                        aria-invalid=move || is_missing.get().then_some("true")
                        aria-describedby=move || (is_missing.get() || has_caps_lock.get()).then(|| described_by.clone())
                        on:keydown=look_at_caps_lock
                        on:keyup=look_at_caps_lock
                        on:blur=move |_| has_caps_lock.set(false)
                    />
                    {is_password.then(|| show_button(is_shown))}
                </div>
            </div>
        }
        .into_any()
    }
}

fn show_button(is_shown: RwSignal<bool>) -> AnyView {
    let element = NodeRef::<html::Button>::new();
    view! {
        <button
            type="button"
            class="show-password"
            node_ref=element
            aria-label=text::SHOW_PASSWORD
            title=text::SHOW_PASSWORD
            aria-pressed=move || is_shown.get().to_string()
            on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
        ></button>
    }
    .into_any()
}
