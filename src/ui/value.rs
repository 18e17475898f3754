//! How a JSON value is shown to a person, and what of it machines get to see.
//!
//! What came is never changed: it is what is copied and sorted by, and it stands beside what is shown (`time`, `data`).
//! Where the config asks for nothing, a value is shown as it came, with every digit that it was written with. The one exception
//! is a point in time with its zone (RFC 3339), which nobody means to be read as it is written.

use super::{
    local::{DAY_AND_TIME, intl, written},
    markup::{Markup, el},
    text,
};
use crate::config::{Currency, Format, write_json};
use js_sys::{Date, Function};
use serde_json::Value;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// A value that is shown.
pub struct Shown {
    /// To the reader.
    pub text: String,
    /// The element around it, its attribute for machines, and that attribute's value; where that is not the text itself.
    pub around: Option<(&'static str, &'static str, String)>,
}

impl Shown {
    fn plain(text: String) -> Self {
        Self { text, around: None }
    }

    /// As an element.
    pub fn view(self) -> Markup {
        match self.around {
            Some((tag, attribute, machine)) => el(tag).attr(attribute, &machine).text(&self.text),
            None => el("span").text(&self.text),
        }
    }
}

/// A value as it came: text as it is, the rest as JSON. Nothing where there is none.
pub fn as_it_came(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => write_json(other),
    }
}

/// Whether values of a format stand in a column of digits.
pub const fn is_amount(format: &Format, value: Option<&Value>) -> bool {
    match format {
        Format::Number | Format::Money(_) => true,
        Format::Plain => matches!(value, Some(Value::Number(_))),
        Format::Text | Format::Date | Format::DateTime => false,
    }
}

/// Writes values of one format. Its functions of `Intl` are made when they are first needed: each is dear.
pub struct Writer {
    format: Format,
    functions: RefCell<Vec<(String, Option<Function>)>>,
}

/// A day without a clock is the same day everywhere.
const DAY: &str = "UTC";

impl Writer {
    /// For the language that is spoken now.
    pub fn new(format: &Format) -> Self {
        Self { format: format.clone(), functions: RefCell::default() }
    }

    /// A value of `row`, as the reader should see it.
    pub fn show(&self, value: Option<&Value>, row: &Value) -> Shown {
        let shown = match (&self.format, value) {
            (_, None | Some(Value::Null)) => return Shown::plain(text::ABSENT.to_owned()),
            (Format::Number | Format::Money(_), Some(value)) => self.amount(value, row),
            (Format::Plain, Some(Value::String(text))) => {
                Moment::of(text).filter(|moment| moment.is_zoned).and_then(|moment| self.time(&moment, text))
            }
            (Format::Date | Format::DateTime, Some(value)) => Moment::of_value(value).and_then(|moment| {
                let machine = value.as_str().map(str::to_owned);
                self.time(&moment, &machine.unwrap_or_else(|| moment.date().to_iso_string().into()))
            }),
            (Format::Text | Format::Plain, Some(_)) => None,
        };
        shown.unwrap_or_else(|| {
            Shown::plain(match value {
                Some(Value::Bool(true)) => text::YES.say().to_owned(),
                Some(Value::Bool(false)) => text::NO.say().to_owned(),
                value => as_it_came(value),
            })
        })
    }

    fn amount(&self, value: &Value, row: &Value) -> Option<Shown> {
        let digits = match value {
            Value::Number(number) => number.as_str(),
            Value::String(text) if is_number(text) => text,
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        let currency = match &self.format {
            Format::Money(Currency::Code(code)) => code.as_str(),
            Format::Money(Currency::At(place)) => place.find(row)?.as_str()?,
            Format::Plain | Format::Text | Format::Number | Format::Date | Format::DateTime => "",
        };
        // As a text: a double would lose digits.
        let text = self.write(currency, &digits.into())?;
        Some(Shown { text, around: Some(("data", "value", digits.to_owned())) })
    }

    fn time(&self, moment: &Moment, machine: &str) -> Option<Shown> {
        let text = self.write(if moment.is_day { DAY } else { "" }, &moment.date())?;
        Some(Shown { text, around: Some(("time", "datetime", machine.to_owned())) })
    }

    /// `variant`: a currency, or [`DAY`].
    fn write(&self, variant: &str, value: &JsValue) -> Option<String> {
        let mut functions = self.functions.borrow_mut();
        let known = functions.iter().position(|(known, _)| known == variant);
        let known = known.unwrap_or_else(|| {
            functions.push((variant.to_owned(), self.function(variant)));
            functions.len() - 1
        });
        let (_, function) = functions.get(known)?;
        written(function.as_ref()?, value)
    }

    fn function(&self, variant: &str) -> Option<Function> {
        match self.format {
            Format::Text => None,
            Format::Number => intl("NumberFormat", "format", &[("maximumFractionDigits", "20")]),
            Format::Money(_) => intl(
                "NumberFormat",
                "format",
                &[("style", "currency"), ("currency", variant), ("maximumFractionDigits", "4")],
            ),
            Format::Plain | Format::Date | Format::DateTime if variant == DAY => {
                intl("DateTimeFormat", "format", &[("dateStyle", "medium"), ("timeZone", DAY)])
            }
            Format::Date => intl("DateTimeFormat", "format", &[("dateStyle", "medium")]),
            Format::Plain | Format::DateTime => intl("DateTimeFormat", "format", DAY_AND_TIME),
        }
    }
}

/// A point in time, or a day.
pub struct Moment {
    /// Milliseconds since 1970.
    pub at: f64,
    /// Only a day is said.
    is_day: bool,
    /// The zone is said too.
    is_zoned: bool,
}

impl Moment {
    /// Reads `2026-11-26`, and with a time and perhaps a zone behind it.
    pub fn of(text: &str) -> Option<Self> {
        let (day, time) = text.split_at_checked(10)?;
        let is_right =
            |(index, byte): (usize, u8)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        let mut clock = time.bytes();
        let is_time = matches!(clock.next(), None | Some(b'T' | b't' | b' '))
            && clock.all(|byte| byte.is_ascii_digit() || b":.+-Zz".contains(&byte));
        if !is_time || !day.bytes().enumerate().all(is_right) {
            return None;
        }
        let is_zoned = time.contains(['Z', 'z', '+', '-']);
        Self { at: Date::parse(&text.replace(' ', "T")), is_day: time.is_empty(), is_zoned }.if_any()
    }

    /// Reads a text so, and a number as seconds or milliseconds since 1970.
    pub fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::of(text),
            Value::Number(number) => Self::since_1970(number.as_str()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Before the year 5138 milliseconds have twelve digits or more.
    fn since_1970(digits: &str) -> Option<Self> {
        let count = js_sys::Number::parse_float(digits);
        let at = if count.abs() < 1e11 { count * 1000.0 } else { count };
        Self { at, is_day: false, is_zoned: true }.if_any()
    }

    /// There is no such day, or it is further away than dates of JavaScript go.
    fn if_any(self) -> Option<Self> {
        (self.at.abs() <= 8.64e15).then_some(self)
    }

    fn date(&self) -> Date {
        Date::new(&self.at.into())
    }
}

/// A number as JSON writes it (RFC 8259 §6).
pub fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && matches!(crate::config::read_json(text), Some(Value::Number(_)))
}
