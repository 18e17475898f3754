//! A provider that signs in on its own pages: what cannot be tried here and where instead, the addresses to register there, and a
//! look at what it publishes.

use super::{
    super::{
        markup::{Markup, button, div, el, p},
        problem_page::marked,
        text::CONTINUE_WITH,
        watch::{State, derived, is},
    },
    Desk, Outcome, labelled, report, text,
};
use crate::{
    browser::{base_path, discover, spawn},
    config::Config,
    setup::{
        Step,
        discovery::{self, Registered},
    },
};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// What is shown of a redirect.
#[derive(Clone, PartialEq)]
struct Facts {
    label: String,
    address: String,
    registered: Vec<Registered>,
}

impl Facts {
    fn of(config: &Config) -> Option<Self> {
        let redirect = config.provider.redirect.as_ref()?;
        let origin = window().location().origin().unwrap_or_default();
        Some(Self {
            label: redirect.label.clone(),
            address: redirect.request.url.as_written(),
            registered: discovery::registered(config, &(origin + &base_path())),
        })
    }
}

/// Which of several providers is looked at; nothing where there is one.
pub(super) fn choice(desk: Desk) -> Markup {
    let names = derived(move || {
        let all = desk.configs.get().all;
        let names: Vec<String> = all.iter().map(|config| config.provider.name.clone()).collect();
        if names.len() > 1 { names } else { Vec::new() }
    });
    div("region").live(move || {
        let names = names.get();
        if names.is_empty() {
            return Vec::new();
        }
        let wanted = desk.configs.with_untracked(|configs| configs.wanted.clone());
        let options = names.iter().map(|name| {
            let option = el("option").attr("value", name).text(name);
            if *name == wanted { option.attr("selected", "") } else { option }
        });
        let select = el("select").attr("name", "provider").children(options).on("change", move |event| {
            let value = event.target().and_then(|select| Reflect::get(&select, &"value".into()).ok()?.as_string());
            desk.look_at(value.unwrap_or_default());
        });
        vec![labelled("provider", text::PROVIDER, text::PROVIDER_HINT, select)]
    })
}

/// In place of a form.
pub(super) fn view(desk: Desk) -> Markup {
    let facts = derived(move || desk.config().and_then(|config| Facts::of(&config)));
    div("region").live(move || facts.get().map(|facts| card(desk, &facts)).into_iter().collect())
}

fn card(desk: Desk, facts: &Facts) -> Markup {
    let is_looking = is(move || desk.busy.with(|busy| *busy == Some(Step::Discovery)));
    let said = State::new(String::new());
    let sentence =
        [text::REDIRECT, "`", &untrack(|| CONTINUE_WITH.fill(&facts.label)), "`", text::REDIRECT_MORE].concat();
    let open = el("a").attr("href", &[&base_path(), "/"].concat());
    let open = open.attrs(&[("target", "_blank"), ("rel", "noopener")]).text(text::OPEN_APP);
    let head = div("attempt-head").child(el("h3").text(text::SIGN_IN)).child(el("code").text(&facts.address));
    let addresses = facts.registered.iter().map(|one| address(one, said));
    let look = button("button primary", "", move || desk.discover())
        .attr("data-action", "look")
        .live_text(move || if is_looking.get() { text::TRYING } else { text::LOOK }.to_owned());
    div("attempt")
        .attr("id", "try-redirect")
        .child(head)
        .child(marked(&sentence))
        .child(el("p").child(open))
        .child(el("h4").text(text::REGISTER))
        .child(p(text::REGISTER_LEAD).class("hint"))
        .child(el("dl").class("kept registered").children(addresses))
        .child(el("p").class("hint").attr("role", "status").live_text(move || said.get()))
        .child(el("h4").text(text::PUBLISHED))
        .child(p(text::PUBLISHED_LEAD).class("hint"))
        .child(div("deeds").child(look))
        .child(div("results").attr("role", "status").live(move || {
            let results = desk.results.get().into_iter().filter(|(step, _)| *step == Step::Discovery);
            results.map(|(_, outcome)| report::view(desk, outcome)).collect()
        }))
}

fn address(one: &Registered, said: State<String>) -> Markup {
    let address = one.address.clone();
    let copied = move || {
        let sentence =
            if copy(&address).is_ok() { [text::COPIED, &address].concat() } else { text::NOT_COPIED.to_owned() };
        said.set(sentence);
    };
    div("line").child(el("dt").text(one.name)).child(
        el("dd")
            .child(el("code").text(&one.address))
            .child(button("button", text::COPY, copied).attr("aria-label", &[text::COPY, " ", one.name].concat()))
            .child(p(one.why).class("hint")),
    )
}

/// By hand, as everything that the app has no use for.
fn copy(text: &str) -> Result<(), JsValue> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
    write.call1(&clipboard, &text.into()).map(drop)
}

impl Desk {
    /// Turns to another of several providers. What one has granted is not for the other.
    fn look_at(self, name: String) {
        self.configs.update(|configs| configs.wanted = name);
        self.session.set(None);
        self.has_session.set(false);
        self.has_refresh_token.set(false);
        self.results.set(Vec::new());
    }

    /// Looks at what the provider publishes, unless something is under way.
    fn discover(self) {
        if self.busy.with_untracked(Option::is_some) {
            return;
        }
        self.busy.set(Some(Step::Discovery));
        spawn(async move {
            self.read().await;
            let file = self.file.with_untracked(Clone::clone);
            if let Some(config) = self.config_untracked() {
                let reports = discover(&config, &file).await.into_iter();
                let outcome = |report| Outcome { report: Some(report), file: file.clone(), ..Outcome::default() };
                self.results.update(|all| {
                    all.retain(|(step, _)| *step != Step::Discovery);
                    all.extend(reports.map(|report| (Step::Discovery, outcome(report))));
                });
            }
            self.busy.set(None);
        });
    }
}
