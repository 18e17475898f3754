//! `setup.html`: where an operator makes a `config.json`, tries every request of it, and is told what is wrong.
//!
//! ```text
//! start.rs     a preset, or a curl command ---.
//! editor.rs    config.json as text, every mistake in it at once, the download
//!                 | no mistakes
//! attempts.rs  sign in, then every other request --browser::attempt--> report.rs
//! redirect.rs  in place of a form: what to register, and what the provider publishes --browser::discover--> report.rs
//!                 '--- a repair: one value of the file, put there by a button ---> editor.rs
//! ```
//! A program of its own, in files of its own: the app knows nothing of it. Nothing is stored: the session that a sign-in
//! brings lives in [`Desk`], and ends with the page. The password is read from the form when that is submitted.

mod attempts;
mod editor;
mod redirect;
mod report;
mod start;
mod text;

use super::{
    app::mount,
    markup::{Markup, Slot, decoration, div, el, main, p},
    watch::{Kept, State},
};
use crate::{
    browser::{ConfigProblem, fetch_file},
    config::Config,
    session::StoredSession,
    setup::{Report, Step},
};
use leptos::prelude::*;
use serde_json::{Map, Value};
use std::rc::Rc;

/// Mounts the page.
pub fn mount_setup() {
    mount(page);
}

/// What lies on the operator's desk. Copy: every handler has its own.
#[derive(Clone, Copy)]
struct Desk {
    /// The file as it stands in the editor.
    file: State<String>,
    /// The editor.
    area: Slot,
    /// What is wrong with the file.
    problem: State<Option<ConfigProblem>>,
    /// The file as the app reads it, when nothing is wrong: once for each of its providers.
    configs: State<Configs>,
    /// Counts the changes of the file: a late reading of an earlier one is not shown.
    edition: Kept<u32>,
    /// The one that `problem` and `configs` are of.
    edition_read: Kept<u32>,
    /// What was done to the file last, by whom it was not typed.
    said: State<Vec<String>>,
    /// The session, with its tokens.
    session: Kept<Option<StoredSession>>,
    /// What the store of the app would hold.
    store: Kept<Map<String, Value>>,
    has_session: State<bool>,
    has_refresh_token: State<bool>,
    /// What is under way.
    busy: State<Option<Step>>,
    /// How many tries there were.
    tries: Kept<usize>,
    /// What came of each step, the last time; of a look at a provider there is more than one.
    results: State<Vec<(Step, Outcome)>>,
    /// What was typed as username, to be recognised in a curl command.
    username: Kept<String>,
}

/// A file, as the app reads it for each of its providers.
#[derive(Clone, Default)]
struct Configs {
    all: Vec<Rc<Config>>,
    /// The name of the provider that is looked at; where there is no such, it is the first.
    wanted: String,
}

impl Configs {
    fn chosen(&self) -> Option<Rc<Config>> {
        let is_wanted = |config: &&Rc<Config>| config.provider.name == self.wanted;
        self.all.iter().find(is_wanted).or_else(|| self.all.first()).cloned()
    }
}

/// What came of a try.
#[derive(Clone, Default)]
struct Outcome {
    /// Counts the tries.
    serial: usize,
    report: Option<Report>,
    /// Why it was not even sent.
    unsent: String,
    /// The file that it was tried with.
    file: String,
}

impl Desk {
    fn new() -> Self {
        Self {
            file: State::new(String::new()),
            area: Slot::new(),
            problem: State::new(None),
            configs: State::new(Configs::default()),
            edition: Kept::new(0),
            edition_read: Kept::new(0),
            said: State::new(Vec::new()),
            session: Kept::new(None),
            store: Kept::new(Map::new()),
            has_session: State::new(false),
            has_refresh_token: State::new(false),
            busy: State::new(None),
            tries: Kept::new(0),
            results: State::new(Vec::new()),
            username: Kept::new(String::new()),
        }
    }

    /// The file for the provider that is looked at, when nothing is wrong with it. Tracked.
    fn config(self) -> Option<Rc<Config>> {
        self.configs.with(Configs::chosen)
    }

    /// The same, whatever becomes of it.
    fn config_untracked(self) -> Option<Rc<Config>> {
        self.configs.with_untracked(Configs::chosen)
    }
}

fn page() -> impl IntoView {
    let desk = Desk::new();
    crate::browser::spawn(async move {
        // What stands there already, with its mistakes. A host that has none is where this page is for.
        if let Some(file) = fetch_file("config.json").await
            && desk.file.with_untracked(String::is_empty)
        {
            desk.put(file, vec![text::LOADED.to_owned()]);
        }
    });
    let head = el("header")
        .class("setup-head")
        .child(decoration("mark"))
        .child(el("h1").text(text::TITLE))
        .child(p(text::LEAD).class("lead"))
        .child(p(text::FOR_OPERATORS).class("aside"));
    main("setup")
        .child(head)
        .child(part("1", text::START, text::START_LEAD).child(start::view(desk)).child(editor::view(desk)))
        .child(part("2", text::TRY, text::TRY_LEAD).child(attempts::view(desk)))
        .child(part("3", text::TAKE, text::TAKE_LEAD).child(editor::download(desk)))
}

/// One of the three parts of the page.
fn part(number: &'static str, title: &str, lead: &str) -> Markup {
    let id = ["part-", number].concat();
    let heading = el("h2")
        .attr("id", &id)
        .child(el("span").class("number").attr("aria-hidden", "true").text(number))
        .child(el("span").text(title));
    el("section").class("part").attr("aria-labelledby", &id).child(heading).child(p(lead).class("lead"))
}

/// A label, what it is of, and a hint below.
fn labelled(id: &str, label: &str, hint: &str, control: Markup) -> Markup {
    let hint_id = [id, "-hint"].concat();
    let control = control.attr("id", id);
    let control = if hint.is_empty() { control } else { control.attr("aria-describedby", &hint_id) };
    let field = div("setup-field").child(el("label").attr("for", id).text(label)).child(control);
    if hint.is_empty() { field } else { field.child(p(hint).class("hint").attr("id", &hint_id)) }
}
