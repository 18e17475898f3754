//! Which language is spoken: found at the start, changed in place.
//!
//! ```text
//! picked in the account menu  >  app.locale  >  the browser's languages  >  the first that is offered
//! ```
//! English is at hand (what the protected pages say, with them), the others are files beside the app. Where one cannot be had, the app goes on in the language that it
//! speaks. Whoever shows a text reads it by [`Text::say`] in an effect, so a change builds nothing anew: what was typed stays.

use super::{
    markup::{Markup, el},
    text::{self, Text},
};
use crate::{
    browser::{Vestibule, Work, browser_languages, fetch_texts, pick_language, picked_language, spawn},
    config::{App, Config, OwnText},
    texts::{EARLY, LANGUAGES, LATER, fitting, is_right_to_left, primary, table},
};
use js_sys::{Array, Object, Reflect};
use leptos::prelude::{ArcTrigger, Notify, Track, document};
use std::cell::Cell;
use web_sys::Event;

/// English has no file.
const ENGLISH: &str = "en";

/// A language, ready to be spoken.
struct Spoken {
    language: String,
    app: Option<&'static App>,
    /// What the language, or the config, has for each text.
    table: Vec<Option<&'static str>>,
}

thread_local! {
    static SPOKEN: Cell<Option<&'static Spoken>> = const { Cell::new(None) };
    static CHANGED: ArcTrigger = ArcTrigger::new();
    /// What the protected pages say in English, once their code is here.
    static LATE: Cell<&'static str> = const { Cell::new(if cfg!(feature = "split") { "" } else { LATER }) };
    /// Tells the last wish from earlier ones.
    static WISH: Cell<u32> = const { Cell::new(0) };
}

fn spoken() -> Option<&'static Spoken> {
    CHANGED.with(Track::track);
    SPOKEN.get()
}

/// What a text says. Tracked.
pub(super) fn said(text: Text) -> &'static str {
    let found = spoken().and_then(|spoken| spoken.table.get(text.place()).copied().flatten());
    found.unwrap_or_else(|| match text.english(EARLY) {
        "" => text.english(LATE.get()),
        early => early,
    })
}

/// Brings the English texts of the protected pages, to be called with their code.
pub fn bring_later_texts() {
    LATE.set(LATER);
}

/// By whose customs numbers and dates are written (BCP 47). Tracked.
pub fn locale() -> String {
    let Some(spoken) = spoken() else { return ENGLISH.to_owned() };
    // Who reads English in Australia reads dates as they are written there.
    let mut locales = spoken.app.and_then(|app| app.locale.clone()).into_iter().chain(browser_languages());
    let is_of_it = |tag: &String| primary(tag).eq_ignore_ascii_case(primary(&spoken.language));
    locales.find(is_of_it).unwrap_or_else(|| spoken.language.clone())
}

/// Picks another language; nothing where there is no other.
pub fn language_switch(vestibule: Vestibule) -> Option<Markup> {
    let config = vestibule.config();
    let is_current = |language: &str| spoken().map_or(ENGLISH, |spoken| &spoken.language) == language;
    let option = |language: &'static String| {
        el("option")
            .attr("value", language)
            .attr("lang", language)
            .text(&name_of(language))
            .flag("selected", move || is_current(language))
    };
    let picked = move |event: Event| {
        let Some(select) = event.target() else { return };
        let language = Reflect::get(&select, &"value".into()).ok().and_then(|value| value.as_string());
        let Some(language) = language else { return };
        spawn(async move {
            if speak(Some(&config.app), language.clone()).await {
                pick_language(&language);
            } else if let Some(spoken) = SPOKEN.get() {
                _ = Reflect::set(&select, &"value".into(), &spoken.language.as_str().into());
            }
        });
    };
    let select = || {
        el("select")
            .class("language")
            .attr("aria-label", text::LANGUAGE)
            .on("change", picked)
            .children(config.app.languages.iter().map(option))
    };
    (config.app.languages.len() > 1).then(select)
}

/// What a language calls itself.
fn name_of(language: &str) -> String {
    let options = Object::new();
    _ = Reflect::set(&options, &"type".into(), &"language".into());
    let names = js_sys::Intl::DisplayNames::new(&Array::of1(&language.into()), &options);
    names.of(language).map(String::from).unwrap_or_default()
}

/// Finds the language to speak, and fetches what it takes. `None`: there is no config that could say.
pub async fn greet(config: Option<&'static Config>) {
    let app = config.map(|config| &config.app);
    let shipped = LANGUAGES.map(str::to_owned);
    let offered = app.map_or(&shipped[..], |app| &app.languages);
    let wanted = match app.and_then(|app| app.locale.clone()) {
        Some(locale) => vec![locale],
        None => browser_languages(),
    };
    let mut wanted = picked_language().into_iter().chain(wanted);
    let language = wanted.find_map(|wanted| fitting(offered, &wanted)).or(offered.first().map(String::as_str));
    let language = language.unwrap_or(ENGLISH).to_owned();
    if !speak(app, language).await {
        speak(app, ENGLISH.to_owned()).await;
    }
}

/// Whether the language could be had; if so, it is spoken now.
fn speak(app: Option<&'static App>, language: String) -> Work<bool> {
    Box::pin(async move {
        let wish = WISH.get() + 1;
        WISH.set(wish);
        let file = if language == ENGLISH { None } else { fetch_texts(&language).await };
        if (file.is_none() && language != ENGLISH) || WISH.get() != wish {
            return false;
        }
        let find = |name: &str| {
            // The last one that is meant for this language, or for all.
            let is_meant = |own: &&OwnText| {
                own.name == name && own.language.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(&language))
            };
            let own = app.and_then(|app| app.texts.iter().rfind(is_meant)).map(|own| own.text.clone());
            own.or_else(|| Some(file.as_ref()?.get(name)?.as_str()?.to_owned()))
        };
        let table = table(find);
        if let Some(root) = document().document_element() {
            _ = root.set_attribute("lang", &language);
            _ = root.set_attribute("dir", if is_right_to_left(&language) { "rtl" } else { "ltr" });
        }
        SPOKEN.set(Some(Box::leak(Box::new(Spoken { language, app, table }))));
        CHANGED.with(Notify::notify);
        true
    })
}
