//! The login page: a real form, its second step, and what is said around it.
//!
//! ```text
//! Pending  the quiet skeleton: who is signed in sees no form flash by
//! Closed   the form; built once, changed in place, so nothing typed is lost
//! Open     nothing: the form has left the page, so that managers offer to save, and the address is replaced
//! ```
//! Values are read from the form at the submit and go into one event; none is kept here.

use super::{
    TRUE,
    arrival::announce,
    countdown::seconds_left,
    field::{Field, FieldSignals, Purpose},
    guard::{Standing, standing, waiting},
    notice, text,
    way::{Here, to_page},
};
use crate::{
    browser::Vestibule,
    config::{ChallengeField, FieldKind},
    session::{Form, ReturnPath, SignInProblem},
};
use leptos::{ev, html, leptos_dom::helpers::set_timeout_with_handle, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlInputElement};

/// The id of what says what went wrong; the form is described by it.
const MESSAGE_ID: &str = "login-message";
/// After this long the button says that it still works.
const PATIENCE: Duration = Duration::from_secs(3);

/// The form, and the way on for whoever is signed in already.
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn LoginPage() -> impl IntoView {
    let vestibule = expect_context::<Vestibule>();
    let standing = standing(vestibule);
    let here = Here::of();
    let to_page = to_page();
    announce(vestibule, text::SIGN_IN);
    Effect::new(move |_| {
        if let Standing::Open(_) = standing.get() {
            let config = vestibule.config();
            let query = untrack(|| here.query());
            to_page(&ReturnPath::from_query(&query, &config).unwrap_or_else(|| ReturnPath::default_of(&config)));
        }
    });
    move || match standing.get() {
        Standing::Pending => waiting(vestibule),
        Standing::Closed if is_in_foreign_frame() => framed(),
        Standing::Closed => LoginForm::new(vestibule).view(),
        Standing::Open(_) => ().into_any(),
    }
}

/// The form's signals and elements. Copy: every handler has its own.
#[derive(Clone, Copy)]
struct LoginForm {
    vestibule: Vestibule,
    form: NodeRef<html::Form>,
    message: NodeRef<html::Div>,
    is_busy: Memo<bool>,
    is_challenged: Memo<bool>,
    problem: Memo<Option<SignInProblem>>,
    /// Seconds until the form may be sent again.
    left: Memo<u64>,
    missing: RwSignal<Vec<String>>,
    is_shown: RwSignal<bool>,
    is_incomplete: RwSignal<bool>,
    is_slow: RwSignal<bool>,
    /// Nothing was changed since the last submit.
    is_untouched: StoredValue<bool>,
}

impl LoginForm {
    fn new(vestibule: Vestibule) -> Self {
        let view = vestibule.view();
        let problem = Memo::new(move |_| view.with(|view| view.problem.clone()));
        let until = Memo::new(move |_| match problem.get() {
            Some(SignInProblem::RateLimited { until }) => Some(until),
            _ => None,
        });
        let form = Self {
            vestibule,
            form: NodeRef::new(),
            message: NodeRef::new(),
            is_busy: Memo::new(move |_| view.with(|view| view.is_signing_in)),
            is_challenged: Memo::new(move |_| view.with(|view| view.wants_challenge)),
            problem,
            left: seconds_left(vestibule, until),
            missing: RwSignal::new(Vec::new()),
            is_shown: RwSignal::new(false),
            is_incomplete: RwSignal::new(vestibule.config().app.disable_incomplete),
            is_slow: RwSignal::new(false),
            is_untouched: StoredValue::new(false),
        };
        form.follow();
        form
    }

    /// What happens in the page when the session's view changes.
    fn follow(self) {
        Effect::new(move |_| self.after_problem());
        Effect::new(move |_| {
            self.is_slow.set(false);
            if self.is_busy.get() {
                let handle = set_timeout_with_handle(move || _ = self.is_slow.try_set(true), PATIENCE);
                on_cleanup(move || {
                    if let Ok(handle) = handle {
                        handle.clear();
                    }
                });
            }
        });
        // The focus follows the step: into the code, and back into the password.
        Effect::new(move |was_challenged: Option<bool>| {
            let is_challenged = self.is_challenged.get();
            if was_challenged.is_some_and(|was| was != is_challenged) && !self.is_busy.get_untracked() {
                let name = if is_challenged { self.wanted().into_iter().next() } else { Some("password".to_owned()) };
                self.focus(name.as_deref());
            }
            is_challenged
        });
        // Back online: what failed for want of a network is sent again, if it is still what is wanted.
        let is_online = self.vestibule.is_online();
        Effect::new(move |was_online: Option<bool>| {
            let is_online = is_online.get();
            let waits = self.problem.with_untracked(|problem| *problem == Some(SignInProblem::Offline));
            if is_online && was_online == Some(false) && waits && self.is_untouched.get_value() {
                self.submit();
            }
            is_online
        });
        self.form.on_load(move |_| {
            // After the password manager, if there is one.
            request_animation_frame(move || {
                self.look_if_complete();
                let nowhere = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
                if nowhere {
                    self.focus(Some("username"));
                }
            });
        });
    }

    fn after_problem(self) {
        let Some(problem) = self.problem.get() else { return };
        if problem == SignInProblem::Refused {
            let emptied = if self.is_challenged.get_untracked() { self.wanted() } else { vec!["password".to_owned()] };
            for name in emptied {
                if let Some(input) = self.input(&name) {
                    input.set_value("");
                }
            }
            self.look_if_complete();
            if let Some(message) = self.message.get_untracked() {
                _ = message.focus();
            }
        }
    }

    /// The fields that this step wants.
    fn wanted(self) -> Vec<String> {
        if self.is_challenged.get_untracked() {
            challenge_fields(self.vestibule).into_iter().map(|field| field.name).collect()
        } else {
            vec!["username".to_owned(), "password".to_owned()]
        }
    }

    fn input(self, name: &str) -> Option<HtmlInputElement> {
        let form = self.form.try_get_untracked()??;
        form.query_selector(&["input[name=\"", name, "\"]"].concat()).ok()??.dyn_into().ok()
    }

    fn focus(self, name: Option<&str>) {
        if let Some(input) = name.and_then(|name| self.input(name)) {
            _ = input.focus();
        }
    }

    fn submit(self) {
        // The session ignores a second submit too; here it must not even change what is shown.
        if self.is_busy.get_untracked() || self.left.get_untracked() > 0 {
            return;
        }
        let Some(form) = self.form.get_untracked() else { return };
        let Ok(data) = FormData::new_with_form(&form) else { return };
        // As they stand: nothing is trimmed, nothing is cut off.
        let value = |name: &str| data.get(name).as_string().unwrap_or_default();
        let wanted = self.wanted();
        let missing: Vec<String> = wanted.iter().filter(|name| value(name).is_empty()).cloned().collect();
        let first = missing.first().cloned();
        self.missing.set(missing);
        if first.is_some() {
            self.focus(first.as_deref());
            return;
        }
        let mut names = vec!["username".to_owned(), "password".to_owned()];
        if self.is_challenged.get_untracked() {
            names.extend(wanted);
        }
        self.is_shown.set(false);
        self.is_untouched.set_value(true);
        let values = names.into_iter().map(|name| (value(&name), name)).map(|(value, name)| (name, value)).collect();
        self.vestibule.sign_in(Form(values));
    }

    fn changed(self, event: &ev::Event) {
        self.is_untouched.set_value(false);
        self.look_if_complete();
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(name) = input.map(|input| input.name())
            && self.missing.with_untracked(|missing| missing.contains(&name))
        {
            self.missing.update(|missing| missing.retain(|other| *other != name));
        }
    }

    /// For those who want the button grey until both fields are filled.
    fn look_if_complete(self) {
        if self.vestibule.config().app.disable_incomplete {
            let is_empty = |name: &String| self.input(name).is_none_or(|input| input.value().is_empty());
            self.is_incomplete.set(self.wanted().iter().any(is_empty));
        }
    }

    fn view(self) -> AnyView {
        let config = self.vestibule.config();
        let is_email = config.provider.username_is_email;
        let label = if is_email { text::EMAIL } else { text::USERNAME };
        let username = Field { name: "username".into(), label: label.into(), purpose: Purpose::Username { is_email } };
        let password = Field { name: "password".into(), label: text::PASSWORD.into(), purpose: Purpose::Password };
        let is_challenged = self.is_challenged;
        let busy_text = move || match (self.is_busy.get(), self.is_slow.get()) {
            (true, true) => text::STILL_WORKING,
            (true, false) => text::SIGNING_IN,
            (false, _) if is_challenged.get() => text::CONTINUE,
            (false, _) => text::SIGN_IN,
        };
        let signals = self.signals();
        let submitted = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.submit();
        };
        view! {
            <main class="entrance" id="content" tabindex="-1">
                <div class="card">
                    <div class="mark" aria-hidden=TRUE></div>
                    <h1>{config.app.title.clone()}</h1>
                    {self.sayings()}
                    <form
                        id="login"
                        method="post"
                        novalidate
                        node_ref=self.form
                        aria-label=text::SIGN_IN
                        aria-busy=move || self.is_busy.get().to_string()
                        aria-describedby=MESSAGE_ID
                        on:submit=submitted
                        on:input=move |event| self.changed(&event)
                    >
                        // Out of sight in the second step, but there: what was typed is still the form's.
                        <div class="step" class:done=move || is_challenged.get() inert=move || is_challenged.get()>
                            {username.view(signals)}
                            {password.view(signals)}
                        </div>
                        {move || is_challenged.get().then(|| self.challenge())}
                        <button
                            type="submit"
                            class="button primary"
                            disabled=move || (self.left.get() > 0) || self.is_incomplete.get()
                        >
                            <span class="spinner" aria-hidden=TRUE></span>
                            <span>{busy_text}</span>
                        </button>
                        {move || is_challenged.get().then(|| view! {
                            <button type="button" class="button quiet back" on:click=move |_| self.vestibule.abandon_challenge()>
                                {text::BACK}
                            </button>
                        })}
                    </form>
                    {self.links()}
                </div>
            </main>
        }
        .into_any()
    }

    fn signals(self) -> FieldSignals {
        FieldSignals { is_busy: self.is_busy, missing: self.missing, is_shown: self.is_shown }
    }

    fn challenge(self) -> AnyView {
        let signals = self.signals();
        let fields = challenge_fields(self.vestibule)
            .into_iter()
            .map(|field| {
                let label = field.label.unwrap_or_else(|| match field.kind {
                    FieldKind::OneTimeCode => text::ONE_TIME_CODE.to_owned(),
                    FieldKind::Text => text::heading_of(&field.name),
                });
                Field { name: field.name, label, purpose: Purpose::Challenge(field.kind) }.view(signals)
            })
            .collect_view();
        view! { <div class="step">{fields}</div> }.into_any()
    }

    /// One place for all that is said, so that nothing jumps: the lead, a notice, or what went wrong.
    fn sayings(self) -> AnyView {
        let view = self.vestibule.view();
        let is_storage_blocked = self.vestibule.is_storage_blocked();
        let notices = Memo::new(move |_| view.with(|view| notice::notices(view, is_storage_blocked)));
        let (problem, is_challenged, left) = (self.problem, self.is_challenged, self.left);
        let has_problem = Memo::new(move |_| problem.with(Option::is_some));
        let lead = move || {
            let is_quiet = !has_problem.get() && (notices.with(Vec::is_empty) || is_challenged.get());
            let lead = if is_challenged.get() { text::CHALLENGE_LEAD } else { text::SIGN_IN_LEAD };
            is_quiet.then(|| view! { <p class="lead">{lead}</p> })
        };
        let notice = move || {
            let said = if has_problem.get() || is_challenged.get() { Vec::new() } else { notices.get() };
            said.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()
        };
        let message = move || problem.get().map(|problem| notice::message(&problem, is_challenged.get(), left));
        view! {
            <div class="sayings">
                {lead}
                <div class="notice" role="status">{notice}</div>
                <div class="message" role="alert" id=MESSAGE_ID tabindex="-1" node_ref=self.message>{message}</div>
            </div>
        }
        .into_any()
    }

    fn links(self) -> AnyView {
        let links = self.vestibule.config().app.links.clone();
        let link = |address: Option<String>, label: &'static str| {
            // Away from this app: the router must not take it for one of ours.
            address.map(|address| view! { <li><a href=address rel="external">{label}</a></li> })
        };
        let has_links = links.forgot_password.is_some() || links.sign_up.is_some() || links.help.is_some();
        has_links
            .then(|| {
                view! {
                    <ul class="links" role="list">
                        {link(links.forgot_password, text::FORGOT_PASSWORD)}
                        {link(links.sign_up, text::SIGN_UP)}
                        {link(links.help, text::HELP)}
                    </ul>
                }
            })
            .into_any()
    }
}

fn challenge_fields(vestibule: Vestibule) -> Vec<ChallengeField> {
    let config = vestibule.config();
    config.provider.errors.challenge.as_ref().map(|challenge| challenge.fields.clone()).unwrap_or_default()
}

/// Whether another site shows this page inside its own. A header forbids it better, where the host lets one set it.
fn is_in_foreign_frame() -> bool {
    let window = window();
    let is_framed = window.top().ok().flatten().is_none_or(|top| !js_sys::Object::is(&top, &window));
    // The frame can be seen only by a page of its own origin.
    is_framed && window.frame_element().ok().flatten().is_none()
}

fn framed() -> AnyView {
    let address = window().location().href().unwrap_or_default();
    view! {
        <main class="entrance" id="content" tabindex="-1">
            <div class="card">
                <h1>{text::SIGN_IN}</h1>
                <p class="message">{text::FRAMED}</p>
                <p><a href=address target="_blank" rel="noopener">{text::OPEN_ALONE}</a></p>
            </div>
        </main>
    }
    .into_any()
}
