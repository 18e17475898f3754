//! The login page: a real form, its second step, and what is said around it.
//!
//! ```text
//! Pending  the form that index.html has painted, or the quiet page: who is signed in sees no form flash by
//! Closed   the form, or a button for each provider that signs in on its own pages; built once, changed in place, so nothing typed is lost
//! Open     nothing: the form has left the page, so that managers offer to save, and the address is replaced
//! ```
//! Values are read from the form at the submit and go into one event; none is kept here. What a second step asks for is in
//! `second_step.rs`; who signs in elsewhere finds the way in `doors.rs`.

use super::{
    arrival::{announce, say},
    boxes::{boxes, heed},
    countdown::seconds_left,
    doors::{doors, spinner},
    field::{Field, FieldSignals, Purpose},
    guard::{Standing, standing, until_known},
    language::language_switch,
    markup::{Markup, Slot, decoration, discard_painted, div, el, focus, main, p, painted, region},
    notice,
    second_step::{another_way, back, second_step, ways},
    text,
    watch::{Derived, Kept, State, derived, is, on_network, watch},
    way::{Here, to_page},
};
use crate::{
    browser::{PAINTED, SENT, SUBMITTED, Vestibule, spawn},
    config::ChallengeField,
    session::{Form, ReturnPath, SignInProblem},
};
use leptos::{leptos_dom::helpers::set_timeout_with_handle, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Event, FormData, HtmlFormElement, HtmlInputElement, InputEvent};

/// The id of what says what went wrong; the form is described by it.
const MESSAGE_ID: &str = "login-message";
/// The names of the fields that everybody fills in.
const FIRST_STEP: [&str; 2] = ["username", "password"];
/// After this long the button says that it still works.
const PATIENCE: Duration = Duration::from_secs(3);

/// The form, and the way on for whoever is signed in already.
///
/// # Panics
/// Outside a `Router`, and without a [`Vestibule`] in context.
#[component]
pub fn LoginPage() -> impl IntoView {
    login(expect_context::<Vestibule>())
}

/// The page as a function.
pub fn login(vestibule: Vestibule) -> Markup {
    let standing = standing(vestibule);
    let here = Here::of();
    let to_page = to_page();
    announce(vestibule, text::SIGN_IN.into());
    vestibule.go_unasked(&asked_for(vestibule, here));
    watch(move || {
        if let Standing::Open(_) = standing.get() {
            let config = vestibule.config();
            let query = untrack(|| here.query());
            let asked_for = ReturnPath::from_query(&query, config).or_else(|| vestibule.way_back());
            to_page(&asked_for.unwrap_or_else(|| ReturnPath::default_of(config)));
        }
    });
    region(move || match standing.get() {
        Standing::Pending => until_known(vestibule),
        Standing::Closed if is_in_foreign_frame() => vec![framed()],
        Standing::Closed => vec![LoginForm::new(vestibule).view()],
        Standing::Open(_) => Vec::new(),
    })
}

/// The page that was asked for before the login page, or nothing.
pub fn asked_for(vestibule: Vestibule, here: Here) -> String {
    let query = untrack(|| here.query());
    ReturnPath::from_query(&query, vestibule.config()).map(|path| path.as_str().to_owned()).unwrap_or_default()
}

/// The form's signals and elements. There for good, so that every handler has them by one word: a quarter of a kilobyte each
/// time that the form is built.
pub struct LoginForm {
    pub(super) vestibule: Vestibule,
    form: Slot,
    message: Slot,
    pub(super) is_busy: Derived<bool>,
    pub(super) is_challenged: Derived<bool>,
    problem: Derived<Option<SignInProblem>>,
    /// Seconds until the form may be sent again.
    pub(super) left: Derived<u64>,
    missing: State<Vec<&'static str>>,
    is_shown: State<bool>,
    is_incomplete: State<bool>,
    pub(super) is_slow: State<bool>,
    /// Nothing was changed since the last submit.
    is_untouched: Kept<bool>,
    /// Which of several second steps is asked for.
    pub(super) way: State<usize>,
}

impl LoginForm {
    fn new(vestibule: Vestibule) -> &'static Self {
        let view = vestibule.view();
        let problem = derived(move || view.with(|view| view.problem.clone()));
        let until = derived(move || match problem.get() {
            Some(SignInProblem::RateLimited { until }) => Some(until),
            _ => None,
        });
        let early = painted().and_then(|page| page.get_attribute(PAINTED));
        let form: &'static Self = Box::leak(Box::new(Self {
            vestibule,
            form: Slot::new(),
            message: Slot::new(),
            is_busy: is(move || view.with(|view| view.is_signing_in)),
            is_challenged: is(move || view.with(|view| view.wants_challenge)),
            problem,
            left: seconds_left(vestibule, until),
            missing: State::new(Vec::new()),
            is_shown: State::new(false),
            is_incomplete: State::new(vestibule.config().app.disable_incomplete),
            is_slow: State::new(false),
            is_untouched: Kept::new(early.as_deref() == Some(SENT)),
            way: State::new(0),
        }));
        form.follow();
        // A network that was back before this form was here is no news to it.
        let is_due = form.is_untouched.get()
            && vestibule.is_online().get_untracked()
            && form.problem.with_untracked(|problem| *problem == Some(SignInProblem::Offline));
        // What was sent before, and what the flow has left, is sent now: once the app has taken the form over.
        if early.as_deref() == Some(SUBMITTED) || is_due {
            spawn(async move { form.submit() });
        }
        form
    }

    /// What happens in the page when the session's view changes.
    fn follow(&'static self) {
        watch(move || self.after_problem());
        watch(move || {
            self.is_slow.set(false);
            if self.is_busy.get() {
                let handle = set_timeout_with_handle(move || self.is_slow.set(true), PATIENCE);
                on_cleanup(move || {
                    if let Ok(handle) = handle {
                        handle.clear();
                    }
                });
            }
        });
        // The focus follows the step: into the code, and back into the password.
        let was_challenged = Kept::new(false);
        watch(move || {
            let is_challenged = self.is_challenged.get();
            if was_challenged.get() != is_challenged && !self.is_busy.get_untracked() {
                self.way.set(0);
                say(if is_challenged { text::CHALLENGE_LEAD } else { text::SIGN_IN }.into());
                let name = if is_challenged { self.wanted().first().copied() } else { Some("password") };
                // Once the field is there.
                request_animation_frame(move || self.focus(name));
            }
            was_challenged.set(is_challenged);
        });
        // What failed for want of a network is sent again, if it is still what is wanted.
        on_network(self.vestibule, move || {
            let waits = self.problem.with_untracked(|problem| *problem == Some(SignInProblem::Offline));
            if waits && self.is_untouched.get() {
                self.submit();
            }
        });
        if self.vestibule.has_passkeys() {
            watch(move || {
                // Also after one that came to nothing.
                if !self.is_busy.get() && !self.is_challenged.get() {
                    self.vestibule.await_passkey(move || heed(self.vestibule, None));
                }
            });
            on_cleanup(move || self.vestibule.await_no_passkey());
        }
        watch(move || {
            // After the password manager, if there is one.
            request_animation_frame(move || {
                self.look_if_complete();
                let is_recalled = self.recall();
                let active = document().active_element();
                let is_in = |name: &str| active.as_ref().is_some_and(|element| element.id() == name);
                let is_nowhere = active.as_ref().is_none_or(|element| element.tag_name() == "BODY");
                // What is there already need not be typed.
                if is_recalled && (is_nowhere || is_in("login-username")) {
                    self.focus(Some("password"));
                } else if is_nowhere {
                    self.focus(Some("username"));
                }
            });
        });
    }

    fn after_problem(&'static self) {
        let Some(problem) = self.problem.get() else { return };
        if problem == SignInProblem::Refused {
            let emptied = if self.is_challenged.get_untracked() { self.wanted() } else { vec!["password"] };
            for name in emptied {
                if let Some(input) = self.input(name) {
                    input.set_value("");
                }
            }
            self.look_if_complete();
            self.message.focus();
        }
    }

    /// The fields that this step wants.
    pub(super) fn wanted(&'static self) -> Vec<&'static str> {
        if self.is_challenged.get_untracked() {
            self.asked().iter().map(|field| field.name.as_str()).collect()
        } else {
            FIRST_STEP.to_vec()
        }
    }

    /// What the second step asks for now.
    fn asked(&'static self) -> &'static [ChallengeField] {
        ways(self).get(self.way.get_untracked()).copied().unwrap_or_default()
    }

    /// A code that was put there whole is all there is to say.
    fn is_whole(&'static self, event: &Event) -> bool {
        let is_typed = event.dyn_ref::<InputEvent>().is_some_and(|event| event.input_type() == "insertText");
        let is_there = |field: &ChallengeField| {
            let length = self.input(&field.name).map(|input| without_spaces(&input.value()).len()).unwrap_or_default();
            field.length > 0 && length == field.length
        };
        !is_typed && self.is_challenged.get_untracked() && self.asked().iter().all(is_there)
    }

    fn input(&'static self, name: &str) -> Option<HtmlInputElement> {
        self.form.get()?.query_selector(&["input[name=\"", name, "\"]"].concat()).ok()??.dyn_into().ok()
    }

    /// Fills in the username that this browser was to remember, where nobody was faster; whether it did.
    fn recall(&'static self) -> bool {
        let Some(username) = self.vestibule.remembered_username() else { return false };
        let Some(input) = self.input("username").filter(|input| input.value().is_empty()) else { return false };
        input.set_value(&username);
        self.look_if_complete();
        true
    }

    pub(super) fn focus(&'static self, name: Option<&str>) {
        if let Some(input) = name.and_then(|name| self.input(name)) {
            focus(&input);
        }
    }

    fn submit(&'static self) {
        // The session ignores a second submit too; here it must not even change what is shown.
        if self.is_busy.get_untracked() || self.left.get_untracked() > 0 {
            return;
        }
        let Some(Ok(form)) = self.form.get().map(JsCast::dyn_into::<HtmlFormElement>) else { return };
        let Ok(data) = FormData::new_with_form(&form) else { return };
        // As they stand: nothing is trimmed, nothing is cut off.
        let value = |name: &str| data.get(name).as_string().unwrap_or_default();
        let wanted = self.wanted();
        let mut missing = wanted.clone();
        missing.retain(|name| value(name).is_empty());
        let first = missing.first().copied();
        self.missing.set(missing);
        if first.is_some() {
            return self.focus(first);
        }
        let mut names = FIRST_STEP.to_vec();
        if self.is_challenged.get_untracked() {
            names.extend(wanted);
        }
        self.is_shown.set(false);
        self.is_untouched.set(true);
        heed(self.vestibule, Some(&value("username")));
        let value_of = |name: &str| {
            // As it was sent or shown, in groups.
            let is_counted = self.asked().iter().any(|field| field.name == name && field.length > 0);
            let value = value(name);
            (name.to_owned(), if is_counted { without_spaces(&value) } else { value })
        };
        let values = names.into_iter().map(value_of).collect();
        self.vestibule.sign_in(Form(values));
    }

    fn changed(&'static self, event: &Event) {
        self.is_untouched.set(false);
        self.look_if_complete();
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(name) = input.map(|input| input.name())
            && self.missing.with_untracked(|missing| missing.contains(&name.as_str()))
        {
            self.missing.update(|missing| missing.retain(|other| *other != name));
        }
        if self.is_whole(event) {
            self.submit();
        }
    }

    /// For those who want the button grey until both fields are filled.
    fn look_if_complete(&'static self) {
        if self.vestibule.config().app.disable_incomplete {
            let is_empty = |name: &&str| self.input(name).is_none_or(|input| input.value().is_empty());
            self.is_incomplete.set(self.wanted().iter().any(is_empty));
        }
    }

    fn view(&'static self) -> Markup {
        let config = self.vestibule.config();
        let is_email = config.provider.username_is_email;
        let label = if is_email { text::EMAIL } else { text::USERNAME };
        let username = Field {
            name: "username",
            label: label.into(),
            purpose: Purpose::Username { is_email, has_passkeys: self.vestibule.has_passkeys() },
        };
        let password = Field { name: "password", label: text::PASSWORD.into(), purpose: Purpose::Password };
        let is_challenged = self.is_challenged;
        let signals = self.signals();
        // Out of sight in the second step, but there: what was typed is still the form's.
        let first_step = div("step")
            .live_class("done", move || is_challenged.get())
            .flag("inert", move || is_challenged.get())
            .child(username.view(signals))
            .child(password.view(signals));
        let has_ways = ways(self).len() > 1;
        let form = || {
            el("form")
                .attrs(&[("id", "login"), ("method", "post"), ("novalidate", ""), ("aria-describedby", MESSAGE_ID)])
                .attr("aria-label", text::SIGN_IN)
                .state("aria-busy", move || self.is_busy.get())
                .slot(self.form)
                .on("submit", move |event| {
                    event.prevent_default();
                    self.submit();
                })
                .on("input", move |event| self.changed(&event))
                .child(first_step)
                .child_while(move || is_challenged.get(), move || second_step(self))
                .child(self.submit_button())
                .child_while(move || is_challenged.get() && has_ways, move || another_way(self))
                .child_while(move || is_challenged.get(), move || back(self))
                .children(boxes(self.vestibule, is_challenged))
        };
        // Who signs in elsewhere types nothing here.
        let form = config.provider.redirect.is_none().then(form);
        let card = div("card")
            .child(decoration("mark"))
            .child(el("h1").text(&config.app.title))
            .child(self.sayings())
            .children(form)
            .children(doors(self))
            .children(self.links());
        main("entrance").painted().child(card).children(language_switch(self.vestibule))
    }

    fn submit_button(&'static self) -> Markup {
        let label = move || {
            let label = match (self.is_busy.get(), self.is_slow.get()) {
                (true, true) => text::STILL_WORKING,
                (true, false) => text::SIGNING_IN,
                (false, _) if self.is_challenged.get() => text::CONTINUE,
                (false, _) => text::SIGN_IN,
            };
            label.say().to_owned()
        };
        el("button")
            .attrs(&[("type", "submit"), ("class", "button primary")])
            .flag("disabled", move || self.left.get() > 0 || self.is_incomplete.get())
            .child(spinner())
            .child(el("span").live_text(label))
    }

    pub(super) fn signals(&'static self) -> FieldSignals {
        FieldSignals { is_busy: self.is_busy, missing: self.missing, is_shown: self.is_shown }
    }

    /// One place for all that is said, so that nothing jumps: the lead, a notice, or what went wrong.
    fn sayings(&'static self) -> Markup {
        let view = self.vestibule.view();
        let is_storage_blocked = self.vestibule.is_storage_blocked();
        let notices = derived(move || view.with(|view| notice::notices(view, is_storage_blocked)));
        let (problem, is_challenged, left) = (self.problem, self.is_challenged, self.left);
        let has_problem = is(move || problem.with(Option::is_some));
        let lead = move || {
            let is_quiet = !has_problem.get() && (notices.with(Vec::is_empty) || is_challenged.get());
            let lead = if is_challenged.get() { text::CHALLENGE_LEAD } else { text::SIGN_IN_LEAD };
            if is_quiet { vec![p(lead).class("lead")] } else { Vec::new() }
        };
        let notice = move || {
            let said = if has_problem.get() || is_challenged.get() { Vec::new() } else { notices.get() };
            said.into_iter().map(p).collect()
        };
        let message = move || match problem.get() {
            Some(problem) => notice::message(&problem, is_challenged.get(), left),
            None => Vec::new(),
        };
        let alert = el("div")
            .attrs(&[("class", "message"), ("role", "alert"), ("id", MESSAGE_ID), ("tabindex", "-1")])
            .slot(self.message)
            .live(message);
        div("sayings").live(lead).child(div("notice").attr("role", "status").live(notice)).child(alert)
    }

    fn links(&'static self) -> Option<Markup> {
        let links = &self.vestibule.config().app.links;
        let all = [
            (&links.forgot_password, text::FORGOT_PASSWORD),
            (&links.sign_up, text::SIGN_UP),
            (&links.help, text::HELP),
        ];
        let mut list = None;
        for (address, label) in all {
            if let Some(address) = address {
                // Away from this app: the router must not take it for one of ours.
                let link = el("a").attr("href", address).attr("rel", "external").text(label);
                let so_far = list.unwrap_or_else(|| el("ul").class("links").attr("role", "list"));
                list = Some(so_far.child(el("li").child(link)));
            }
        }
        list
    }
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether another site shows this page inside its own. A header forbids it better, where the host lets one set it.
fn is_in_foreign_frame() -> bool {
    let window = window();
    let is_framed = window.top().ok().flatten().is_none_or(|top| !js_sys::Object::is(&top, &window));
    // The frame can be seen only by a page of its own origin.
    is_framed && window.frame_element().ok().flatten().is_none()
}

fn framed() -> Markup {
    discard_painted();
    let address = window().location().href().unwrap_or_default();
    let link =
        el("a").attr("href", &address).attrs(&[("target", "_blank"), ("rel", "noopener")]).text(text::OPEN_ALONE);
    let card = div("card")
        .child(el("h1").text(text::SIGN_IN))
        .child(p(text::FRAMED).class("message"))
        .child(el("p").child(link));
    main("entrance").child(card)
}
