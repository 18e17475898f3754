//! A mounted view at an address, looked at with selectors, and taken away when the test is over.

use leptos::{mount::mount_to, prelude::*};
use std::any::Any;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// A place in the document with something mounted in it.
pub struct Mounted {
    place: Element,
    handle: Option<Box<dyn Any>>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(self.handle.take());
        self.place.remove();
    }
}

/// Mounts a view as if the app had been loaded at `address`.
pub fn mounted_at<F, N>(address: &str, view: F) -> Mounted
where
    F: FnOnce() -> N + 'static,
    N: IntoView + 'static,
{
    styled();
    window().history().unwrap().replace_state_with_url(&"".into(), "", Some(address)).unwrap();
    let place = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&place).unwrap();
    let handle = mount_to(place.clone().unchecked_into::<HtmlElement>(), view);
    Mounted { place, handle: Some(Box::new(handle)) }
}

/// The app's own style sheets, once.
fn styled() {
    if find("style#app").is_none() {
        let style = document().create_element("style").unwrap();
        style.set_id("app");
        let sheets = concat!(
            include_str!("../../style/main.css"),
            include_str!("../../style/rest.css"),
            include_str!("../../style/pages.css")
        );
        style.set_text_content(Some(sheets));
        document().head().unwrap().append_child(&style).unwrap();
    }
}

pub fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).unwrap()
}

pub fn count(selector: &str) -> u32 {
    document().query_selector_all(selector).unwrap().length()
}

pub fn text(selector: &str) -> String {
    find(selector).and_then(|element| element.text_content()).unwrap_or_default()
}

/// The path, the query string and the fragment of the address bar.
pub fn address() -> String {
    let location = window().location();
    [location.pathname().unwrap(), location.search().unwrap(), location.hash().unwrap()].concat()
}

pub fn history_length() -> u32 {
    window().history().unwrap().length().unwrap()
}

/// How many requests the browser has sent to addresses that hold `part`.
pub fn requests_to(part: &str) -> usize {
    let part = serde_json::to_string(part).unwrap();
    let script =
        format!("performance.getEntriesByType('resource').filter(entry => entry.name.includes({part})).length");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let count = js_sys::eval(&script).unwrap().as_f64().unwrap() as usize;
    count
}

/// Writes a record as another tab does: from another browsing context, so that the storage event is a real one.
pub fn write_elsewhere(key: &str, record: &str) {
    let frame = document().create_element("iframe").unwrap();
    document().body().unwrap().append_child(&frame).unwrap();
    let other = js_sys::Reflect::get(&frame, &"contentWindow".into()).unwrap();
    let storage = js_sys::Reflect::get(&other, &"localStorage".into()).unwrap();
    storage.unchecked_into::<web_sys::Storage>().set_item(key, record).unwrap();
    frame.remove();
}
