//! The boxes below the form: to stay signed in, and to remember the username.
//!
//! They stand below the button, because the form is painted before anybody knows of them: nothing above may move. What is
//! ticked is read at the submit, like what is typed. The username is kept only once a sign-in with it has succeeded, and the
//! password never.

use super::{
    markup::{Markup, div, el},
    text::{self, Said},
    watch::Derived,
};
use crate::browser::Vestibule;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

const STAY: &str = "stay_signed_in";
const REMEMBER: &str = "remember_username";

/// Those that the config offers; out of reach in the second step, where they have been answered.
pub fn boxes(vestibule: Vestibule, is_challenged: Derived<bool>) -> Option<Markup> {
    let config = vestibule.config();
    let stay = config.session.stay_signed_in.map(|_| tick_box(STAY, text::STAY.into(), vestibule.stays()));
    // Nobody types a name where there is no form.
    let remembers = config.app.remember_username && config.provider.redirect.is_none();
    let remember = remembers.then(|| {
        let is_ticked = vestibule.remembered_username().is_some();
        tick_box(REMEMBER, text::REMEMBER_USERNAME.into(), is_ticked).on("change", move |event: Event| {
            // Whoever unticks it need not sign in for it.
            let ticked = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if ticked.is_some_and(|ticked| !ticked.checked()) {
                vestibule.remember_username(None);
            }
        })
    });
    if stay.is_none() && remember.is_none() {
        return None;
    }
    let boxes = div("boxes").live_class("done", move || is_challenged.get()).children(stay).children(remember);
    Some(boxes)
}

/// Heeds what is ticked, before a sign-in begins; `username`: what was typed, where it is signed in with.
pub fn heed(vestibule: Vestibule, username: Option<&str>) {
    if let Some(stays) = is_ticked(STAY) {
        vestibule.choose_to_stay(stays);
    }
    if let (Some(remembers), Some(username)) = (is_ticked(REMEMBER), username) {
        vestibule.remember_username(remembers.then_some(username));
    }
}

fn tick_box(name: &'static str, label: Said, is_ticked: bool) -> Markup {
    let input = el("input").attrs(&[("type", "checkbox")]).attr("name", name);
    let input = if is_ticked { input.attr("checked", "") } else { input };
    // The input within its label: all of it is the target.
    el("label").class("box").child(input).child(el("span").text(label))
}

/// `None`: there is no such box.
fn is_ticked(name: &str) -> Option<bool> {
    let selector = [".boxes input[name=", name, "]"].concat();
    let input = document().query_selector(&selector).ok()??;
    Some(input.dyn_into::<HtmlInputElement>().ok()?.checked())
}
