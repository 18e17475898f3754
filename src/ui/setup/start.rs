//! Two ways to begin: a preset with its vars, and a request that works already, as a curl command.

use super::{
    super::{
        markup::{Markup, Slot, button, div, el, p},
        watch::State,
    },
    Desk, labelled, text,
};
use crate::{
    browser::{fetch_file, spawn},
    config::read_json,
    setup::{
        curl::{self, Purpose, Typed},
        file,
    },
};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

/// Both, closed until one is wanted.
pub(super) fn view(desk: Desk) -> Markup {
    div("ways").child(way("preset", text::PRESET, preset(desk))).child(way("curl", text::CURL, from_curl(desk)))
}

fn way(name: &str, title: &str, content: Markup) -> Markup {
    el("details").class("way").attr("id", &["from-", name].concat()).child(el("summary").text(title)).child(content)
}

/// The fields of a form as they stand when it is submitted.
pub(super) fn fields(form: Slot) -> impl Fn(&str) -> String {
    let form = form.get().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let data = form.and_then(|form| FormData::new_with_form(&form).ok());
    move |name| data.as_ref().and_then(|data| data.get(name).as_string()).unwrap_or_default()
}

// --- a preset ---------------------------------------------------------------------------------

fn preset(desk: Desk) -> Markup {
    let names = State::new(Vec::<String>::new());
    let is_missing = State::new(false);
    // The chosen one, and its vars.
    let chosen = State::new((String::new(), Vec::<(String, Option<String>)>::new()));
    let form = Slot::new();
    spawn(async move {
        let index = fetch_file("presets/index.json").await.and_then(|text| read_json(&text));
        match index {
            Some(Value::Array(all)) => {
                names.set(all.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
            }
            _ => is_missing.set(true),
        }
    });
    let choose = move || {
        let name = fields(form)("preset");
        spawn(async move {
            let vars = match fetch_file(&["presets/", &name, ".json"].concat()).await {
                Some(preset) if !name.is_empty() => file::vars_of(&preset),
                _ => Vec::new(),
            };
            chosen.set((name, vars));
        });
    };
    let options = move || {
        let option = |name: &String| el("option").attr("value", name).text(name);
        let all = names.with(|names| names.iter().map(option).collect::<Vec<_>>());
        std::iter::once(el("option").attr("value", "").text(text::PRESET_CHOOSE)).chain(all).collect()
    };
    let select = el("select").attr("name", "preset").on("change", move |_| choose()).live(options);
    let vars = move || {
        let (name, vars) = chosen.get();
        if name.is_empty() {
            return Vec::new();
        }
        let inputs = vars.into_iter().map(|(name, default)| var(&name, default.as_deref()));
        let submit = el("button").attrs(&[("type", "submit"), ("class", "button primary")]).text(text::PRESET_USE);
        inputs.chain([submit]).collect()
    };
    let use_it = move || {
        let (name, vars) = chosen.with_untracked(Clone::clone);
        let field = fields(form);
        let vars: Vec<(String, String)> = vars
            .into_iter()
            .map(|(name, _)| (field(&["var-", &name].concat()).trim().to_owned(), name))
            .map(|(value, name)| (name, value))
            .collect();
        let file = desk.file.with_untracked(Clone::clone);
        match file::with_preset(&file, &name, &vars) {
            Ok(file) => desk.put(file, vec![format!("The preset `{name}` is in the file.")]),
            Err(unreadable) => desk.said.set(vec![unreadable.to_string()]),
        }
    };
    el("form")
        .class("setup-form")
        .attr("novalidate", "")
        .slot(form)
        .on("submit", move |event| {
            event.prevent_default();
            use_it();
        })
        .child(labelled("preset", text::PRESET_LABEL, "", select))
        .child_while(move || is_missing.get(), || p(text::PRESETS_MISSING).class("hint"))
        .child(div("vars").live(vars))
}

fn var(name: &str, default: Option<&str>) -> Markup {
    let hint = match default {
        Some(default) => [text::OPTIONAL, if default.is_empty() { text::NOTHING } else { default }].concat(),
        None => String::new(),
    };
    let id = ["var-", name].concat();
    let input = el("input")
        .attrs(&[
            ("type", "text"),
            ("spellcheck", "false"),
            ("autocapitalize", "none"),
            ("autocomplete", "off"),
            ("dir", "ltr"),
        ])
        .attr("name", &id);
    let input = if name == "base_url" { input.attr("placeholder", "https://") } else { input };
    labelled(&id, name, &hint, input)
}

// --- a curl command ---------------------------------------------------------------------------

const PURPOSES: [(&str, &str, Purpose); 5] = [
    ("sign_in", "It signs in", Purpose::SignIn),
    ("user_info", "It says who is signed in", Purpose::UserInfo),
    ("refresh", "It refreshes the tokens", Purpose::Refresh),
    ("revoke", "It signs out", Purpose::Revoke),
    ("query", "It gets data to show", Purpose::Query),
];

fn from_curl(desk: Desk) -> Markup {
    let form = Slot::new();
    let refused = State::new(String::new());
    let draft = move || {
        let field = fields(form);
        let purpose = field("purpose");
        let purpose = PURPOSES.iter().find(|(name, _, _)| *name == purpose).map_or(Purpose::SignIn, |(_, _, it)| *it);
        let username = desk.username.get();
        let typed = Typed { username: &username, password: "" };
        let name = field("query_name");
        let name = if name.trim().is_empty() { "items" } else { name.trim() };
        let file = desk.file.with_untracked(Clone::clone);
        let drafted = curl::draft(&field("command"), purpose, typed).map_err(|refused| refused.to_string());
        let put = drafted.and_then(|drafted| {
            let file =
                file::with_request(&file, purpose, &drafted, name).map_err(|unreadable| unreadable.to_string())?;
            Ok((file, drafted.said))
        });
        match put {
            Ok((file, said)) => {
                let place = match purpose {
                    Purpose::SignIn => "/provider/sign_in".to_owned(),
                    Purpose::UserInfo => "/provider/user_info".to_owned(),
                    Purpose::Refresh => "/provider/refresh".to_owned(),
                    Purpose::Revoke => "/provider/revoke".to_owned(),
                    Purpose::Query => ["/queries/", name].concat(),
                };
                refused.set(String::new());
                let first = format!("The request is in the file, at `{place}`.");
                desk.put(file, std::iter::once(first).chain(said).collect());
            }
            Err(reason) => refused.set(reason),
        }
    };
    let command = el("textarea")
        .attrs(&[
            ("rows", "6"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
            ("autocapitalize", "none"),
            ("dir", "ltr"),
        ])
        .attr("placeholder", "curl https://id.example/login --json '{\"email\":\"…\",\"password\":\"…\"}'")
        .attr("name", "command");
    let options = PURPOSES.iter().map(|(name, title, _)| el("option").attr("value", *name).text(*title));
    let purpose = el("select").attr("name", "purpose").children(options);
    let name = el("input")
        .attrs(&[("type", "text"), ("spellcheck", "false"), ("autocomplete", "off"), ("autocapitalize", "none")])
        .attr("placeholder", "items")
        .attr("name", "query_name");
    el("form")
        .class("setup-form")
        .attr("novalidate", "")
        .slot(form)
        .on("submit", move |event| {
            event.prevent_default();
            draft();
        })
        .child(labelled("command", text::CURL_LABEL, text::CURL_HINT, command))
        .child(div("pair").child(labelled("purpose", text::CURL_PURPOSE, "", purpose)).child(labelled(
            "query-name",
            text::CURL_NAME,
            text::CURL_NAME_HINT,
            name,
        )))
        .child(button("button primary", text::CURL_DRAFT, draft).attr("data-action", "draft"))
        .child(div("refused").attr("role", "alert").live(move || {
            refused.with(
                |reason| if reason.is_empty() { Vec::new() } else { vec![super::super::problem_page::marked(reason)] },
            )
        }))
}
