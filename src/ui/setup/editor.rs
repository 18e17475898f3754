//! The file as text, what is wrong with it while it is typed, and its download.

use super::{
    super::{
        markup::{Markup, button, div, el, p},
        problem_page::{list_of, marked},
    },
    Desk, labelled, text,
};
use crate::browser::{ConfigProblem, read_config, spawn};
use js_sys::{Array, Function, Object, Reflect};
use leptos::{leptos_dom::helpers::set_timeout, prelude::*};
use std::{rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Url};

/// After the last key.
const PAUSE: Duration = Duration::from_millis(250);

impl Desk {
    /// Puts a text in place of the file, and says what was done.
    pub(super) fn put(self, file: String, said: Vec<String>) {
        if let Some(area) = self.area.get() {
            _ = Reflect::set(&area, &"value".into(), &file.as_str().into());
        }
        self.said.set(said);
        self.changed(file);
    }

    fn changed(self, file: String) {
        self.file.set(file);
        self.edition.update(|edition| *edition += 1);
        let edition = self.edition.get();
        let look = move || {
            if self.edition.get() == edition {
                spawn(self.read());
            }
        };
        set_timeout(look, PAUSE);
    }

    /// Reads the file as it stands, unless that is done.
    pub(super) async fn read(self) {
        let edition = self.edition.get();
        if self.edition_read.get() == edition {
            return;
        }
        let file = self.file.with_untracked(Clone::clone);
        let is_empty = file.trim().is_empty();
        let read = if is_empty { Err(ConfigProblem::Missing) } else { read_config(&file).await };
        if self.edition.get() != edition || self.edition_read.get() == edition {
            return;
        }
        self.edition_read.set(edition);
        let (configs, problem) = match read {
            Ok(configs) => (configs.into_iter().map(Rc::new).collect(), None),
            Err(_) if is_empty => (Vec::new(), None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        self.problem.set(problem);
        self.configs.update(|kept| kept.all = configs);
    }
}

/// The editor, with what was done to the file above it and what is wrong with it below.
pub(super) fn view(desk: Desk) -> Markup {
    let area = el("textarea")
        .attrs(&[
            ("rows", "18"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
            ("autocapitalize", "none"),
            ("dir", "ltr"),
        ])
        .attr("name", "config")
        .slot(desk.area)
        .on("input", move |event| {
            let value = event.target().and_then(|area| Reflect::get(&area, &"value".into()).ok()?.as_string());
            if let Some(file) = value {
                desk.said.set(Vec::new());
                desk.changed(file);
            }
        });
    let said = move || desk.said.with(|said| said.iter().map(|sentence| marked(sentence)).collect());
    let verdict = move || {
        let is_empty = desk.file.with(|file| file.trim().is_empty());
        desk.problem.track();
        desk.config().is_some().then(|| p(text::FILE_RIGHT).class("verdict right")).map_or_else(
            || match desk.problem.get() {
                None => vec![p(if is_empty { text::FILE_EMPTY } else { "" }).class("verdict")],
                Some(ConfigProblem::Mistakes(mistakes)) => {
                    vec![p(text::FILE_WRONG).class("verdict wrong"), list_of(mistakes)]
                }
                Some(other) => vec![p(&other.to_string()).class("verdict wrong")],
            },
            |right| vec![right],
        )
    };
    div("editor")
        .child(div("said").attr("role", "status").attr("id", "said").live(said))
        .child(labelled("config", text::FILE_LABEL, "", area))
        .child(div("verdicts").attr("role", "status").attr("id", "verdict").live(verdict))
}

/// The button that gives the file to the operator.
pub(super) fn download(desk: Desk) -> Markup {
    let label = text::DOWNLOAD;
    let save = move || _ = save(&desk.file.with_untracked(Clone::clone));
    let hint = move || {
        let is_wrong = desk.problem.with(Option::is_some);
        if is_wrong { text::NOT_YET.to_owned() } else { String::new() }
    };
    div("deeds")
        .child(
            button("button primary", label, save)
                .attr("data-action", "download")
                .flag("disabled", move || desk.file.with(|file| file.trim().is_empty())),
        )
        .child(el("p").class("hint").attr("role", "status").live_text(hint))
}

/// By hand: each type that the bindings are asked for changes the app that everybody loads, if only in its order.
fn save(file: &str) -> Result<(), JsValue> {
    let global = js_sys::global();
    let of = |name: &str| Reflect::get(&global, &name.into());
    let kind = Object::new();
    Reflect::set(&kind, &"type".into(), &"application/json".into())?;
    let content = Array::of2(&Array::of1(&file.into()), &kind);
    let blob = Reflect::construct(&of("Blob")?.dyn_into::<Function>()?, &content)?;
    let url = of("URL")?;
    let create: Function = Reflect::get(&url, &"createObjectURL".into())?.dyn_into()?;
    let address = create.call1(&url, &blob)?.as_string().unwrap_or_default();
    let link: HtmlElement = document().create_element("a")?.dyn_into()?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", "config.json")?;
    link.click();
    // The browser has taken hold of it by then.
    set_timeout(move || _ = Url::revoke_object_url(&address), Duration::from_secs(10));
    Ok(())
}
