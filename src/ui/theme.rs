//! Light, dark, or as the system has it: `html[data-theme]`, which the style sheet reads.
//!
//! What was chosen is remembered in this browser; `index.html` puts it back before the first paint, and other tabs follow.

use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Storage, StorageEvent};

/// Where the choice is kept in `localStorage`; absent: the system's.
const KEY: &str = "vestibule:theme";
/// Where it stands on the page.
const ATTRIBUTE: &str = "data-theme";

/// A theme as it is kept: `light`, `dark`, or nothing for the system's.
pub type Theme = &'static str;

/// The system's own.
pub const SYSTEM: Theme = "";
/// Light.
pub const LIGHT: Theme = "light";
/// Dark.
pub const DARK: Theme = "dark";

/// The theme that the page has.
pub fn current() -> Theme {
    let chosen = document().document_element().and_then(|root| root.get_attribute(ATTRIBUTE));
    known(chosen.as_deref())
}

/// Changes it, here and in other tabs, until it is changed again.
pub fn choose(theme: Theme) {
    if let Some(storage) = storage() {
        _ = if theme == SYSTEM { storage.remove_item(KEY) } else { storage.set_item(KEY, theme) };
    }
    show(theme);
}

/// Calls `changed` when another tab has chosen, until what is being built is gone.
pub fn follow(changed: impl Fn() + 'static) {
    let handle = window_event_listener_untyped("storage", move |event| {
        let event = event.dyn_ref::<StorageEvent>();
        if event.is_some_and(|event| event.key().as_deref() == Some(KEY)) {
            let chosen = event.and_then(StorageEvent::new_value);
            show(known(chosen.as_deref()));
            changed();
        }
    });
    on_cleanup(move || handle.remove());
}

fn known(theme: Option<&str>) -> Theme {
    match theme {
        Some("light") => LIGHT,
        Some("dark") => DARK,
        _ => SYSTEM,
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn show(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    _ = if theme == SYSTEM { root.remove_attribute(ATTRIBUTE) } else { root.set_attribute(ATTRIBUTE, theme) };
    // What the browser draws around the page: each of the two colours stands for one scheme.
    let Ok(colours) = document().query_selector_all("meta[name=theme-color][media]") else { return };
    for (index, scheme) in [LIGHT, DARK].into_iter().enumerate() {
        let Some(colour) = u32::try_from(index).ok().and_then(|index| colours.item(index)) else { return };
        let media = match theme {
            SYSTEM => ["(prefers-color-scheme: ", scheme, ")"].concat(),
            _ if theme == scheme => "all".to_owned(),
            _ => "not all".to_owned(),
        };
        _ = colour.unchecked_into::<web_sys::Element>().set_attribute("media", &media);
    }
}
