//! Signing in on the provider's own pages, as the session sees it: who is gone to, what comes back, and the way out.

use crate::world::{World, config_from, json};
use serde_json::json;
use vestibule::{
    config::{Config, Redirect},
    session::{
        Event, Form, Gate, Jitter, Outcome, RedirectProblem, Session, SessionView, SignInProblem, SignedOutReason,
        StoredSession,
        redirect::{Arrival, Wanted, Way, choose, is_of_another, returned},
    },
};

/// A provider that signs in by redirect, and what else the config says of that.
fn by_redirect(more: &serde_json::Value) -> Config {
    config_from(|file| {
        let mut redirect = json!({
            "issuer": "https://id.example",
            "url": "https://id.example/authorize",
            "form": { "client_id": "acme" },
        });
        redirect.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        file["provider"]["redirect"] = redirect;
        let names = ["code", "code_verifier", "redirect_uri"];
        let form: serde_json::Map<_, _> =
            names.map(|name| (name.to_owned(), format!("{{{{form.{name}}}}}").into())).into_iter().collect();
        file["provider"]["sign_in"] = json!({ "json": null, "form": form });
    })
}

fn redirect(more: &serde_json::Value) -> Redirect {
    by_redirect(more).provider.redirect.unwrap()
}

/// Says goodbye at the provider's own page.
fn with_end_session() -> World {
    let end_session = json!({ "end_session": { "url": "https://id.example/end", "form": { "client_id": "acme" } } });
    World::signed_in_with(1, by_redirect(&end_session))
}

const FAREWELL: &str = "leave for the provider's sign-out";

fn view(world: &World) -> SessionView {
    world.tabs[0].session.view()
}

/// A submit whose redirect ends with this outcome.
fn comes_back(outcome: Outcome) -> World {
    let mut world = World::with_config(1, by_redirect(&json!({})));
    world.start(0);
    world.dispatch(0, Event::SignInSubmitted { form: Way::Page.form("/orders"), only_here: false });
    assert!(view(&world).is_signing_in);
    let (_, request, _) = world.under_way.pop().unwrap();
    world.dispatch(0, Event::Responded { request, outcome, jitter: Jitter(0) });
    world
}

// --- there -----------------------------------------------------------------------------------------

#[test]
fn nobody_is_led_to_a_provider_unasked_where_the_config_does_not_say_so() {
    let signed_out = Session::new(vestibule::session::Rules::of(&by_redirect(&json!({})))).view();
    let closed = SessionView { gate: Gate::Closed, ..signed_out };
    assert_eq!(Way::unasked(&redirect(&json!({})), &closed), None);
    assert_eq!(Way::unasked(&redirect(&json!({ "auto": true })), &closed), Some(Way::Page));
    assert_eq!(Way::unasked(&redirect(&json!({ "silent": true })), &closed), Some(Way::Silent));
    // Who is known there is back at once: no frame need ask first.
    assert_eq!(Way::unasked(&redirect(&json!({ "auto": true, "silent": true })), &closed), Some(Way::Page));
}

#[test]
fn who_has_something_to_read_is_not_led_away_from_it() {
    let auto = redirect(&json!({ "auto": true }));
    let closed = World::with_config(1, by_redirect(&json!({})));
    let pending = view(&closed);
    assert_eq!(pending.gate, Gate::Pending);
    assert_eq!(Way::unasked(&auto, &pending), None, "nobody knows yet whether somebody is signed in");
    let closed = SessionView { gate: Gate::Closed, ..pending };
    let cancelled = SignInProblem::Redirect(RedirectProblem::Cancelled);
    let worth_reading = [
        SessionView { reason: Some(SignedOutReason::Here), ..closed.clone() },
        SessionView { reason: Some(SignedOutReason::Ended), ..closed.clone() },
        SessionView { problem: Some(cancelled), ..closed.clone() },
        SessionView { is_signing_in: true, ..closed.clone() },
        SessionView { gate: Gate::Open, ..closed },
    ];
    for view in worth_reading {
        assert_eq!(Way::unasked(&auto, &view), None, "{view:?}");
    }
}

#[test]
fn a_submit_says_where_to_go_and_a_refresh_asks_nobody() {
    let there = Way::Popup.form("/orders");
    assert!(Wanted::of(Some(&there)) == Wanted::ToGo("popup", "/orders"));
    assert!(Wanted::of(Some(&Way::Page.form(""))) == Wanted::ToGo("page", ""));
    assert!(Wanted::of(Some(&returned("code=1&state=2".into()))) == Wanted::ToRead("code=1&state=2"));
    assert!(Wanted::of(None) == Wanted::ToGo("silent", ""));
}

// --- and back --------------------------------------------------------------------------------------

#[test]
fn what_is_brought_is_a_form_and_the_way_back() {
    let json = r#"{"form":{"code":"c","code_verifier":"v","redirect_uri":"u"},"return_to":"/orders"}"#;
    let Arrival { form: Ok(form), way_back } = Arrival::read(json) else { panic!() };
    assert_eq!(
        (form.value("code"), form.value("code_verifier"), form.value("redirect_uri")),
        (Some("c"), Some("v"), Some("u"))
    );
    assert_eq!(way_back.as_deref(), Some("/orders"));
}

#[test]
fn every_way_to_come_back_with_nothing_has_an_outcome_of_its_own() {
    let problem = |name: &str| {
        let json = json!({ "problem": name, "detail": "the operator's", "return_to": "/orders" }).to_string();
        let Arrival { form: Err(outcome), way_back } = Arrival::read(&json) else { panic!("{name}") };
        assert_eq!(way_back.as_deref(), Some("/orders"), "who tries again is led there then");
        *outcome
    };
    for (name, expected) in [
        ("cancelled", RedirectProblem::Cancelled),
        ("lapsed", RedirectProblem::Lapsed),
        ("used", RedirectProblem::Used),
        ("stray", RedirectProblem::Stray),
        ("silent", RedirectProblem::Silent),
        ("clock", RedirectProblem::Clock),
    ] {
        assert_eq!(problem(name), Outcome::Unreturned(expected));
    }
    assert_eq!(problem("failing"), Outcome::Failing { retry_at: None });
    assert_eq!(problem("unreachable"), Outcome::Unreachable);
    assert_eq!(problem("timed_out"), Outcome::TimedOut);
    let detail = "the operator's".to_owned();
    assert_eq!(problem("misconfigured"), Outcome::Unintelligible { detail });
    for nonsense in ["", "null", "[]", r#"{"form":7}"#] {
        let Err(outcome) = Arrival::read(nonsense).form else { panic!("{nonsense}") };
        assert!(matches!(*outcome, Outcome::Unintelligible { .. }), "{nonsense}");
    }
}

#[test]
fn each_of_them_is_said_and_can_be_tried_again() {
    let all = [
        RedirectProblem::Cancelled,
        RedirectProblem::Lapsed,
        RedirectProblem::Used,
        RedirectProblem::Stray,
        RedirectProblem::Clock,
    ];
    for problem in all {
        let mut world = comes_back(Outcome::Unreturned(problem));
        assert_eq!(view(&world).problem, Some(SignInProblem::Redirect(problem)));
        world.dispatch(0, Event::SignInSubmitted { form: Way::Page.form(""), only_here: false });
        assert!(view(&world).is_signing_in);
    }
}

#[test]
fn where_nobody_was_to_be_asked_nothing_is_said() {
    let world = comes_back(Outcome::Unreturned(RedirectProblem::Silent));
    assert_eq!(view(&world).problem, None);
    assert!(!view(&world).is_signing_in);
}

#[test]
fn a_code_that_the_provider_refuses_was_too_old() {
    for outcome in [Outcome::Refused, Outcome::Ended] {
        let world = comes_back(outcome);
        assert_eq!(view(&world).problem, Some(SignInProblem::Redirect(RedirectProblem::Lapsed)));
    }
}

#[test]
fn what_only_the_person_can_try_again_is_not_promised_for_when_the_network_is_back() {
    let world = comes_back(Outcome::Offline);
    assert_eq!(view(&world).problem, Some(SignInProblem::Unreachable));
}

#[test]
fn tokens_that_come_when_nobody_waits_for_them_any_more_are_revoked() {
    let mut world = World::signed_in_with(1, by_redirect(&json!({})));
    world.sign_out(0);
    world.run();
    world.dispatch(
        0,
        Event::SignInSubmitted {
            form: Form(vec![("password".into(), "correct".into()), ("username".into(), "a".into())]),
            only_here: false,
        },
    );
    world.dispatch(0, Event::ChallengeAbandoned);
    world.run();
    assert_eq!(world.storage, None);
    assert_eq!(world.provider.living_families(), 0);
}

// --- without a word --------------------------------------------------------------------------------

/// No refresh token: new tokens by another code, fetched in a hidden frame.
fn renewed_in_a_frame() -> Config {
    let mut config = by_redirect(&json!({ "silent": true }));
    config.provider.refresh = None;
    config
}

/// The access token has expired, and the frame for another one has brought this.
fn after_a_frame_that(problem: RedirectProblem) -> World {
    let mut world = World::signed_in_with(1, renewed_in_a_frame());
    world.pass(crate::world::LIFETIME_S + 5);
    world.reload(0);
    world.deliver();
    let (_, request, _) = world.under_way.pop().unwrap();
    world.dispatch(0, Event::Responded { request, outcome: Outcome::Unreturned(problem), jitter: Jitter(0) });
    world
}

#[test]
fn where_a_frame_brings_new_tokens_the_session_outlives_its_access_token() {
    let mut world = World::signed_in_with(1, renewed_in_a_frame());
    world.pass(crate::world::LIFETIME_S + 5);
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Pending);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.provider.refreshes, 1);
}

#[test]
fn a_provider_that_knows_of_nobody_in_the_frame_ends_the_session() {
    for problem in [RedirectProblem::Silent, RedirectProblem::Cancelled] {
        let world = after_a_frame_that(problem);
        assert_eq!(view(&world).reason, Some(SignedOutReason::Ended));
        assert_eq!(world.storage, None);
    }
}

#[test]
fn a_frame_that_only_went_wrong_ends_nothing() {
    for problem in [RedirectProblem::Lapsed, RedirectProblem::Used, RedirectProblem::Stray, RedirectProblem::Clock] {
        let world = after_a_frame_that(problem);
        assert!(world.storage.is_some(), "{problem:?}");
        assert!(view(&world).retry_at.is_some());
    }
}

// --- out -------------------------------------------------------------------------------------------

#[test]
fn a_sign_out_leaves_for_the_provider_once_its_tokens_are_revoked() {
    let mut world = with_end_session();
    world.deeds.clear();
    world.sign_out(0);
    assert_eq!(world.storage, None, "first this browser forgets");
    assert_eq!(world.deeds, ["clear", "send revocation"]);
    world.run();
    assert_eq!(world.deeds, ["clear", "send revocation", FAREWELL]);
    assert_eq!(world.provider.living_families(), 0);
}

#[test]
fn a_revocation_that_fails_keeps_nobody_from_the_provider_s_page() {
    let mut world = with_end_session();
    world.provider.faults.push_back(json(503, "{}"));
    world.sign_out(0);
    world.run();
    assert_eq!(world.deeds.last(), Some(&FAREWELL));
    assert!(view(&world).is_revocation_unconfirmed);
}

#[test]
fn where_nothing_can_be_revoked_the_provider_s_page_comes_at_once() {
    let end_session = json!({ "end_session": { "url": "https://id.example/end", "form": { "client_id": "acme" } } });
    let mut config = by_redirect(&end_session);
    config.provider.revoke = Vec::new();
    let mut world = World::signed_in_with(1, config);
    world.sign_out(0);
    assert_eq!(world.deeds.last(), Some(&FAREWELL));
}

#[test]
fn whoever_signs_in_again_before_that_stays() {
    let mut world = with_end_session();
    world.sign_out(0);
    world.dispatch(0, Event::SignInSubmitted { form: Way::Page.form(""), only_here: false });
    let revocation = world.under_way.remove(0);
    let outcome = Outcome::Revoked;
    world.dispatch(0, Event::Responded { request: revocation.1, outcome, jitter: Jitter(0) });
    assert!(!world.deeds.contains(&FAREWELL));
}

#[test]
fn back_from_the_provider_s_page_one_reads_that_one_is_signed_out() {
    let mut world = World::with_config(1, by_redirect(&json!({})));
    world.start(0);
    world.dispatch(0, Event::SignedOutAtProvider);
    assert_eq!(view(&world).reason, Some(SignedOutReason::Here));
    let mut world = World::signed_in_with(1, by_redirect(&json!({})));
    world.dispatch(0, Event::SignedOutAtProvider);
    assert_eq!(world.gate(0), Gate::Open, "somebody is signed in: a bookmark signs nobody out");
}

#[test]
fn a_sign_out_at_the_provider_is_one_in_every_tab_and_revokes() {
    let mut world = World::signed_in_with(2, by_redirect(&json!({})));
    world.dispatch(0, Event::EndedByProvider);
    world.run();
    assert_eq!(world.storage, None);
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Closed, Gate::Closed));
    assert_eq!(view(&world).reason, Some(SignedOutReason::Ended));
    assert_eq!(world.provider.living_families(), 0);
    world.dispatch(0, Event::EndedByProvider);
    world.run();
    assert_eq!(world.provider.revocations, 1, "and only once");
}

// --- one of several --------------------------------------------------------------------------------

fn three() -> Vec<Config> {
    let mut first = crate::world::config();
    first.provider.name = "provider".into();
    let named = |name: &str, path: &str| {
        let mut config = by_redirect(&json!({ "path": path, "label": name }));
        config.provider.name = name.into();
        config.provider.identity = format!("identity of {name}");
        config
    };
    vec![first, named("acme", "/callback/acme"), named("ac", "/callback/ac")]
}

fn chosen(path: &str, wanted: Option<&str>, stored: Option<&str>) -> String {
    choose(three(), path, wanted, stored.map(str::to_owned).as_slice()).unwrap().provider.name
}

#[test]
fn the_first_provider_is_spoken_to_unless_something_says_otherwise() {
    let config = choose(three(), "/login", None, &[]).unwrap();
    assert_eq!(config.provider.name, "provider");
    let others: Vec<_> = config.others.iter().map(|other| (other.name.as_str(), other.label.as_deref())).collect();
    assert_eq!(others, [("acme", Some("acme")), ("ac", Some("ac"))]);
    let config = choose(three(), "/callback/ac", None, &[]).unwrap();
    let others: Vec<_> = config.others.iter().map(|other| (other.name.as_str(), other.label.as_deref())).collect();
    assert_eq!(others, [("provider", None), ("acme", Some("acme"))], "the first one has a form");
    assert!(choose(Vec::new(), "/", None, &[]).is_none());
}

#[test]
fn an_answer_is_for_the_provider_whose_path_it_comes_to_and_no_other() {
    assert_eq!(chosen("/callback/acme", None, None), "acme");
    assert_eq!(chosen("/callback/ac", None, None), "ac");
    assert_eq!(chosen("/callback/ac/signed-out", None, None), "ac");
    assert_eq!(chosen("/callback/acme/front-channel", None, None), "acme");
    for foreign in ["/callback/acm", "/callback/acme/other", "/callback", "/callback/acme2"] {
        assert_eq!(chosen(foreign, None, None), "provider", "{foreign}");
    }
    // The path is told by the provider, the rest by whoever made the link.
    assert_eq!(chosen("/callback/acme", Some("ac"), Some(&record_of("ac"))), "acme");
}

#[test]
fn a_page_gives_way_to_the_one_that_the_next_load_would_choose() {
    let others = choose(three(), "/login", None, &[]).unwrap().others;
    assert!(is_of_another(&record_of("acme"), &others));
    assert_eq!(chosen("/login", None, Some(&record_of("acme"))), "acme");
    // Or it would be loaded again and again.
    for record in ["", "{", r#"{"provider":"identity of acme"}"#, &record_of("somebody else")] {
        assert!(!is_of_another(record, &others), "{record}");
        assert_eq!(chosen("/login", None, Some(record)), "provider", "{record}");
    }
}

#[test]
fn a_link_that_wants_one_provider_leaves_the_session_of_another_alone() {
    assert_eq!(chosen("/login", Some("ac"), Some(&record_of("acme"))), "acme");
    // But what cannot be a session keeps nobody from a button.
    assert_eq!(chosen("/login", Some("ac"), Some(r#"{"provider":"identity of acme"}"#)), "ac");
}

/// What storage holds of a session that this provider has granted.
fn record_of(name: &str) -> String {
    let mut world = World::signed_in_with(1, by_redirect(&json!({})));
    let session = world.storage.take().unwrap();
    StoredSession { provider: format!("identity of {name}"), ..session }.to_json()
}

#[test]
fn a_button_wants_its_own_and_a_stored_session_its_provider() {
    assert_eq!(chosen("/login", Some("ac"), None), "ac");
    assert_eq!(chosen("/login", Some("nobody"), None), "provider");
    assert_eq!(chosen("/orders", None, Some(&record_of("acme"))), "acme");
    for record in ["", "{", "[]", r#"{"provider":7}"#, &record_of("somebody else")] {
        assert_eq!(chosen("/orders", None, Some(record)), "provider", "{record}");
    }
}
