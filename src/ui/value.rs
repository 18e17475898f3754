//! How a JSON value is shown to a person.

use super::text;
use crate::config::write_json;
use serde_json::Value;

/// Text as it is, numbers as written, the rest in words or as compact JSON.
pub fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => text::ABSENT.to_owned(),
        Some(Value::Bool(true)) => text::YES.say().to_owned(),
        Some(Value::Bool(false)) => text::NO.say().to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => write_json(other),
    }
}
