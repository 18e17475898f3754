//! Whether a user may see a page: a pure function of what the page requires.
//!
//! It only decides what is drawn. The API must refuse for itself: whoever runs the browser can see every page.

use crate::config::{Page, Pointer, Requirement};
use serde_json::{Map, Value};

/// Whether everything that `page` requires is met by the user and the values of the store.
#[must_use]
pub fn is_met(page: &Page, user: Option<&Value>, store: &Map<String, Value>) -> bool {
    if page.require.is_empty() {
        return true;
    }
    let mut subject = Map::new();
    subject.insert("user".to_owned(), user.cloned().unwrap_or_default());
    subject.insert("store".to_owned(), Value::Object(store.clone()));
    let subject = Value::Object(subject);
    page.require.iter().all(|requirement| holds(requirement, &subject))
}

/// What is found equals one of the allowed values or, being a list, holds one of them.
fn holds(requirement: &Requirement, subject: &Value) -> bool {
    let is_allowed = |value: &Value| requirement.any_of.contains(value);
    requirement.pointer.find(subject).is_some_and(|found| {
        is_allowed(found) || found.as_array().is_some_and(|members| members.iter().any(is_allowed))
    })
}

/// What to call a user, by the members that providers use for it, best first.
#[must_use]
pub fn user_name(user: &Value) -> Option<&str> {
    const PLACES: [&str; 9] = [
        "/name",
        "/user_metadata/name",
        "/user_metadata/full_name",
        "/full_name",
        "/display_name",
        "/preferred_username",
        "/username",
        "/email",
        "/sub",
    ];
    PLACES.iter().find_map(|place| Pointer::parse(place).ok()?.find(user)?.as_str().filter(|name| !name.is_empty()))
}
