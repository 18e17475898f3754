//! Every request of the config with a button of its own, in the order in which a session lives.

use super::{
    super::{
        field::{Field, FieldSignals, Purpose},
        markup::{Markup, Slot, div, el, p},
        text::{PASSWORD, Text, USERNAME},
        watch::{State, derived, is},
    },
    Desk, Outcome, redirect, report,
    start::fields,
    text,
};
use crate::{
    browser::{Attempt, Tried, attempt, spawn},
    config::{Config, Root},
    session::{self, Ask, Form, StoredSession, Values},
    setup::{Meaning, Step},
};
use serde_json::Map;
use std::rc::Rc;

/// What an operator gives along to one try.
#[derive(Clone, Default)]
struct Given {
    username: String,
    password: String,
    /// `{{params.*}}` and `{{url.*}}` of a query.
    params: Vec<(String, String)>,
    url: Vec<(String, String)>,
}

/// The sign-in, and the other requests once there is a config.
pub(super) fn view(desk: Desk) -> Markup {
    let has_config = is(move || desk.config().is_some());
    let has_form = is(move || desk.config().is_some_and(|config| config.provider.redirect.is_none()));
    // Built anew only where another request is to be sent: what was typed and told stays where it is.
    let steps = derived(move || {
        let config = desk.config();
        let steps = config.as_deref().map(Step::all).unwrap_or_default();
        let config = config.as_deref();
        steps.into_iter().skip(1).filter_map(|step| Some(Wanted::of(step, config?))).collect::<Vec<_>>()
    });
    let others = move || steps.with(|steps| steps.iter().map(|wanted| other(desk, wanted)).collect());
    div("attempts")
        .child_while(move || !has_config.get(), || p(text::TRY_LATER).class("hint"))
        .child(redirect::choice(desk))
        .child(div("region").flag("hidden", move || !has_form.get()).child(sign_in(desk)))
        .child(redirect::view(desk))
        .child(div("region").live(others))
}

fn sign_in(desk: Desk) -> Markup {
    let form = Slot::new();
    let missing = State::new(Vec::new());
    let is_busy = is(move || desk.busy.with(Option::is_some));
    let signals = FieldSignals { is_busy, missing, is_shown: State::new(false) };
    let field = |name: &'static str, label: Text, purpose| Field { name, label: label.into(), purpose }.view(signals);
    let submit = move || {
        let field = fields(form);
        let (username, password) = (field("username"), field("password"));
        let empty = |(value, name): (&String, &'static str)| value.is_empty().then_some(name);
        let empties: Vec<&str> =
            [(&username, "username"), (&password, "password")].into_iter().filter_map(empty).collect();
        let is_whole = empties.is_empty();
        missing.set(empties);
        if is_whole {
            desk.username.set(username.clone());
            signals.is_shown.set(false);
            desk.begin(Step::SignIn, Given { username, password, ..Given::default() });
        }
    };
    let address = move || desk.config().map(|config| address(&config, &Step::SignIn)).unwrap_or_default();
    let card = el("form")
        .class("attempt")
        .attrs(&[("id", "try-sign-in"), ("method", "post"), ("novalidate", ""), ("aria-label", text::SIGN_IN)])
        .slot(form)
        .state("aria-busy", move || is_busy.get())
        .on("submit", move |event| {
            event.prevent_default();
            submit();
        })
        .on("input", move |_| missing.set(Vec::new()));
    let head = div("attempt-head").child(el("h3").text(text::SIGN_IN)).child(el("code").live_text(address));
    let inputs = div("pair")
        .child(field("username", USERNAME, Purpose::Username { is_email: false, has_passkeys: false }))
        .child(field("password", PASSWORD, Purpose::Password));
    card.child(head)
        .child(inputs)
        .child(div("deeds").child(submit_button(desk, Step::SignIn, text::TRY_SIGN_IN)))
        .child(results(desk, Step::SignIn))
}

/// What the card of a request is made of.
#[derive(Clone, PartialEq)]
struct Wanted {
    step: Step,
    title: String,
    address: String,
    /// `{{params.*}}` and `{{url.*}}`, which nobody but the operator knows here.
    bindings: Vec<(Root, String)>,
    needs_token: bool,
    needs_refresh_token: bool,
}

impl Wanted {
    fn of(step: Step, config: &Config) -> Self {
        let title = match &step {
            Step::SignIn | Step::Discovery => text::SIGN_IN.to_owned(),
            Step::UserInfo => text::USER_INFO.to_owned(),
            Step::Refresh => text::REFRESH.to_owned(),
            Step::Query(name) => [text::QUERY, name].concat(),
            Step::Revoke(index) if config.provider.revoke.len() > 1 => format!("{} ({})", text::REVOKE, index + 1),
            Step::Revoke(_) => text::REVOKE.to_owned(),
        };
        let request = step.request(config);
        let mut bindings: Vec<(Root, String)> = Vec::new();
        for binding in request.map(crate::config::Request::bindings).unwrap_or_default() {
            let one = (binding.root, binding.name().to_owned());
            if matches!(binding.root, Root::Params | Root::Url) && !bindings.contains(&one) {
                bindings.push(one);
            }
        }
        Self {
            title,
            address: address(config, &step),
            bindings,
            needs_token: !matches!(step, Step::Query(_)) || request.is_some_and(|request| request.authorized),
            needs_refresh_token: request.is_some_and(|request| request.binds(Root::Session, "refresh_token")),
            step,
        }
    }
}

/// Any other request: it wants a session, and now and then a value for a binding.
fn other(desk: Desk, wanted: &Wanted) -> Markup {
    let Wanted { step, title, address, bindings: wanted, needs_token, needs_refresh_token } = wanted.clone();
    let lacks =
        is(move || (needs_token && !desk.has_session.get()) || (needs_refresh_token && !desk.has_refresh_token.get()));
    let hint = move || {
        let sentence = match (lacks.get(), desk.has_session.get()) {
            (false, _) => "",
            (true, false) => text::NEEDS_SESSION,
            (true, true) => text::NEEDS_REFRESH_TOKEN,
        };
        sentence.to_owned()
    };
    let form = Slot::new();
    let key = step.pointer();
    let inputs = wanted.iter().map(|(root, name)| {
        let label = binding_name(*root, name);
        let input = el("input").attrs(&[("type", "text"), ("autocomplete", "off")]).attr("name", &label);
        super::labelled(&[&key, "-", &label].concat(), &["{{", &label, "}}"].concat(), "", input)
    });
    let inputs: Vec<Markup> = inputs.collect();
    let submit = {
        let step = step.clone();
        move || {
            let field = fields(form);
            let of = |wanted_root: Root| {
                let of_root = wanted.iter().filter(|(root, _)| *root == wanted_root);
                let filled = of_root.map(|(root, name)| (name.clone(), field(&binding_name(*root, name))));
                filled.filter(|(_, value)| !value.is_empty()).collect()
            };
            if !lacks.get_untracked() {
                let given = Given { params: of(Root::Params), url: of(Root::Url), ..Given::default() };
                desk.begin(step.clone(), given);
            }
        }
    };
    let head = div("attempt-head").child(el("h3").text(&title)).child(el("code").text(&address));
    el("form")
        .class("attempt")
        .attr("data-step", &key)
        .attr("aria-label", &title)
        .slot(form)
        .on("submit", move |event| {
            event.prevent_default();
            submit();
        })
        .child(head)
        .children(inputs)
        .child(
            div("deeds")
                .child(
                    submit_button(desk, step.clone(), text::TRY_ONE)
                        .live_attr("aria-disabled", move || lacks.get().then(|| "true".into())),
                )
                .child(el("p").class("hint").live_text(hint)),
        )
        .child(results(desk, step))
}

const fn prefix(root: Root) -> &'static str {
    if matches!(root, Root::Params) { "params." } else { "url." }
}

fn binding_name(root: Root, name: &str) -> String {
    [prefix(root), name].concat()
}

fn address(config: &Config, step: &Step) -> String {
    step.request(config)
        .map(|request| [request.method.as_str(), " ", &request.url.as_written()].concat())
        .unwrap_or_default()
}

fn submit_button(desk: Desk, step: Step, label: &'static str) -> Markup {
    let is_this = is(move || desk.busy.with(|busy| busy.as_ref() == Some(&step)));
    el("button")
        .attrs(&[("type", "submit"), ("class", "button primary")])
        .live_text(move || if is_this.get() { text::TRYING } else { label }.to_owned())
}

fn results(desk: Desk, step: Step) -> Markup {
    let of_step = move |all: &Vec<(Step, Outcome)>| {
        all.iter().find(|(other, _)| *other == step).map(|(_, result)| result.clone()).unwrap_or_default()
    };
    // Built anew for a new try of this step alone: what was opened in it stays open, and keeps the focus.
    let serial = {
        let of_step = of_step.clone();
        derived(move || desk.results.with(|all| of_step(all).serial))
    };
    let shown = move || {
        let is_tried = serial.get() > 0;
        is_tried.then(|| report::view(desk, desk.results.with_untracked(&of_step))).into_iter().collect()
    };
    div("results").attr("role", "status").live(shown)
}

impl Desk {
    /// Sends it, unless something is under way.
    fn begin(self, step: Step, given: Given) {
        if self.busy.with_untracked(Option::is_some) {
            return;
        }
        self.busy.set(Some(step.clone()));
        spawn(async move {
            // Whoever has just changed the file means the new one.
            self.read().await;
            let file = self.file.with_untracked(Clone::clone);
            let Some(config) = self.config_untracked() else { return self.busy.set(None) };
            let tried = self.send(&config, &step, &given).await;
            self.tries.update(|tries| *tries += 1);
            let serial = self.tries.get();
            let outcome = match tried {
                Ok(tried) => {
                    let report = tried.report.clone();
                    self.keep(&config, &step, tried);
                    Outcome { serial, report: Some(report), unsent: String::new(), file }
                }
                Err(unsent) => Outcome { serial, report: None, unsent, file },
            };
            self.busy.set(None);
            self.results.update(|all| {
                // A new session: what the old one brought says nothing any more.
                let is_sign_in = step == Step::SignIn;
                all.retain(|(other, _)| *other != step && !is_sign_in);
                all.push((step, outcome));
            });
        });
    }

    async fn send(self, config: &Rc<Config>, step: &Step, given: &Given) -> Result<Tried, String> {
        let session = self.session.get();
        let store = self.store.get();
        let ask = match (step, &session) {
            (Step::SignIn, _) => {
                let fields = [("username", &given.username), ("password", &given.password)];
                let form = Form(fields.map(|(name, value)| (name.to_owned(), value.clone())).into());
                Some(Ask::SignIn { form, challenge: None })
            }
            (Step::Query(_) | Step::Discovery, _) => None,
            (_, None) => return Err(text::NEEDS_SESSION.to_owned()),
            (Step::UserInfo, Some(session)) => Some(Ask::UserInfo { session: session.clone() }),
            (Step::Refresh, Some(session)) => Some(Ask::Refresh { session: session.clone() }),
            (Step::Revoke(_), Some(session)) => Some(Ask::Revoke { tokens: session.tokens.clone() }),
        };
        let of_session = Values {
            tokens: session.as_ref().map(|session| &session.tokens),
            user: session.as_ref().and_then(|session| session.user.as_ref()),
            ..Values::default()
        };
        let values = ask.as_ref().map_or(of_session, session::protocol::values_of);
        let values = Values { store: Some(&store), params: &given.params, url: &given.url, ..values };
        attempt(Attempt { config, step, ask: ask.as_ref(), values, password: &given.password }).await
    }

    /// Takes over what an answer granted.
    fn keep(self, config: &Config, step: &Step, tried: Tried) {
        match tried.meaning {
            Meaning::Provider(session::Outcome::Granted(grant)) => {
                let old = self.session.get().filter(|_| *step == Step::Refresh);
                let (tokens, user, kept) = grant.into_tokens(old.as_ref().map(|old| &old.tokens), tried.at);
                self.has_refresh_token.set(tokens.refresh_token.is_some());
                self.session.set(Some(StoredSession {
                    provider: config.provider.identity.clone(),
                    generation: 1,
                    signed_in_at: tried.at,
                    tokens,
                    user: user.or_else(|| old.and_then(|old| old.user)),
                    only_here: false,
                }));
                if *step == Step::SignIn {
                    let values = kept.0.into_iter().filter_map(|(name, value)| Some((name, value?)));
                    self.store.set(values.collect::<Map<_, _>>());
                }
                self.has_session.set(true);
            }
            Meaning::Provider(session::Outcome::User(user)) => self.session.update(|session| {
                if let Some(session) = session {
                    session.user = Some(user);
                }
            }),
            Meaning::Provider(_) | Meaning::Query(_) | Meaning::Before(_) => {}
        }
    }
}
