//! The doors beside the form: to providers that sign in on their own pages, and to a passkey of this device.

use super::{
    boxes::{boxes, heed},
    login::{LoginForm, asked_for},
    markup::{Markup, div, el},
    text::{self, Said},
    way::Here,
};

/// A button for each provider that signs in on its own pages; and where the form is another's, the way to that.
pub fn doors(form: &'static LoginForm) -> Option<Markup> {
    let config = form.vestibule.config();
    let way_back = asked_for(form.vestibule, Here::of());
    let mut doors = div("doors").state("aria-busy", move || form.is_busy.get());
    let own = config.provider.redirect.as_ref().map(|redirect| (&config.provider.name, Some(&redirect.label)));
    let others = config.others.iter().map(|other| (&other.name, other.label.as_ref()));
    let passkey = form.vestibule.has_passkeys().then(|| passkey_door(form));
    if own.is_none() && config.others.is_empty() && passkey.is_none() {
        return None;
    }
    doors = doors.children(passkey);
    for (name, label) in own.into_iter().chain(others) {
        let is_own = *name == config.provider.name;
        let says = match label {
            Some(label) => text::CONTINUE_WITH.with(label),
            None => text::WITH_PASSWORD.into(),
        };
        let label = move || match (is_own && form.is_busy.get(), form.is_slow.get()) {
            (true, true) => text::STILL_WORKING.say().to_owned(),
            (true, false) => text::SIGNING_IN.say().to_owned(),
            (false, _) => says.say(),
        };
        let way_back = way_back.clone();
        let door = el("button")
            .attrs(&[("type", "button"), ("data-action", "continue")])
            .class(if is_own { "button primary" } else { "button" })
            .attr("data-provider", name)
            .on("click", move |_| {
                heed(form.vestibule, None);
                form.vestibule.go_to(name, &way_back);
            })
            .children(is_own.then(spinner))
            .child(el("span").live_text(label));
        doors = doors.child(door);
    }
    let boxes = config.provider.redirect.as_ref().and_then(|_| boxes(form.vestibule, form.is_challenged));
    Some(doors.children(boxes))
}

/// Out of reach in the second step, and while nobody may try.
fn passkey_door(form: &'static LoginForm) -> Markup {
    let passkey = form.vestibule.config().provider.passkey.as_ref();
    let label = passkey.and_then(|passkey| passkey.label.as_ref());
    el("button")
        .attrs(&[("type", "button"), ("class", "button"), ("data-action", "passkey")])
        .flag("disabled", move || form.left.get() > 0 || form.is_challenged.get())
        .text(label.map_or_else(|| text::PASSKEY.into(), Said::from))
        .on("click", move |_| {
            heed(form.vestibule, None);
            form.vestibule.sign_in_by_passkey();
        })
}

/// Turns while somebody waits.
pub fn spinner() -> Markup {
    el("span").attrs(&[("class", "spinner"), ("aria-hidden", "true")])
}
