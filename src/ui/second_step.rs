//! The second step of a sign-in: what the provider asks for once it knows the password, and the ways on from there.
//!
//! The fields of the first step stay in the form, out of reach: what was typed is sent with it.

use super::{
    field::{Field, Purpose},
    login::LoginForm,
    markup::{Markup, button, div},
    text::{self, Said},
};
use crate::config::{ChallengeField, FieldKind};
use leptos::prelude::request_animation_frame;

/// The ways to answer the second step: each begins with a field that is asked for in place of those before it.
pub fn ways(form: &LoginForm) -> Vec<&'static [ChallengeField]> {
    let challenge = form.vestibule.config().provider.errors.challenge.as_ref();
    let fields = challenge.map(|challenge| challenge.fields.as_slice()).unwrap_or_default();
    fields.chunk_by(|_, next| !next.is_instead).collect()
}

/// The fields of the way that is asked for. Tracked.
pub fn second_step(form: &'static LoginForm) -> Markup {
    let signals = form.signals();
    let fields = ways(form).get(form.way.get()).copied().unwrap_or_default().iter().map(|field| {
        let label = match (&field.label, field.kind) {
            (Some(label), _) => label.into(),
            (None, FieldKind::OneTimeCode) => text::ONE_TIME_CODE.into(),
            (None, FieldKind::Text) => Said::Words(text::heading_of(&field.name)),
        };
        Field { name: &field.name, label, purpose: Purpose::Challenge(field.kind) }.view(signals)
    });
    div("step").children(fields)
}

/// To the next of the ways, where there are several.
pub fn another_way(form: &'static LoginForm) -> Markup {
    let go_on = move || {
        let ways = ways(form).len();
        form.way.update(|way| *way = (*way + 1) % ways);
        // Once its fields are there.
        request_animation_frame(move || form.focus(form.wanted().first().copied()));
    };
    button("button quiet back", text::ANOTHER_WAY, go_on).attrs(&[("data-action", "another-way")])
}

/// Back to the password.
pub fn back(form: &'static LoginForm) -> Markup {
    button("button quiet back", text::BACK, move || form.vestibule.abandon_challenge())
}
