//! A passkey is another form of the same sign-in: the machine knows nothing of what was signed.

use crate::world::{START, World, config_from, response};
use serde_json::json as value;
use vestibule::{
    config::Config,
    session::{Ask, Event, Form, Gate, Jitter, Outcome, RedirectProblem, SignInProblem, Values, passkey, protocol},
};

fn config() -> Config {
    config_from(|file| {
        file["provider"]["passkey"] = value!({
            "options": { "url": "https://id.example/passkeys/options", "at": "/options" },
            "sign_in": {
                "url": "https://id.example/passkeys/verify",
                "json": {
                    "id": "{{challenge.challenge_id}}",
                    "credential": "{{passkey}}",
                    "signature": "{{passkey.response.signature}}",
                },
            },
        });
    })
}

fn signed_form() -> Form {
    let pairs = [
        ("passkey", r#"{"id":"AQ","response":{"signature":"Ag","userHandle":null}}"#),
        ("passkey_options", r#"{"challenge_id":7,"options":{"challenge":"Aw"}}"#),
    ];
    Form(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

#[test]
fn what_was_signed_goes_into_its_own_request_as_it_is() {
    let config = config();
    let ask = Ask::SignIn { form: signed_form(), challenge: None };
    let request = protocol::requests_for(&config, &ask)[0];
    let (signed, answer) = passkey::signed(&signed_form()).unwrap();
    let values = Values { passkey: Some(&signed), challenge: Some(&answer), ..Values::default() };
    let written = protocol::write(request, &config.provider.authorize, values).unwrap();
    assert_eq!(written.url, "https://id.example/passkeys/verify");
    let body: serde_json::Value = serde_json::from_str(&written.body.unwrap()).unwrap();
    let credential = value!({ "id": "AQ", "response": { "signature": "Ag", "userHandle": null } });
    assert_eq!(body, value!({ "id": 7, "credential": credential, "signature": "Ag" }));
    assert!(!format!("{ask:?}").contains("AQ"), "it is as good as a password");
}

#[test]
fn what_is_still_to_be_signed_is_told_from_what_was() {
    assert!(passkey::is_by(&passkey::to_be_signed()) && passkey::is_to_be_signed(&passkey::to_be_signed()));
    assert!(passkey::is_by(&signed_form()) && !passkey::is_to_be_signed(&signed_form()));
    assert!(!passkey::is_by(&Form(vec![("username".into(), "ada".into())])));
    for broken in ["", "{", "[1"] {
        let form = Form(vec![("passkey".into(), broken.into()), ("passkey_options".into(), "{}".into())]);
        assert_eq!(passkey::signed(&form).map(|(signed, _)| signed), None, "{broken}");
    }
}

#[test]
fn an_answer_is_read_like_every_sign_in_s_and_a_refusal_names_no_password() {
    let config = config();
    let ask = Ask::SignIn { form: signed_form(), challenge: None };
    let request = protocol::requests_for(&config, &ask)[0];
    let read = |status, body| {
        let answer = Ok(response(status, "application/json", body));
        protocol::read(&config, &ask, request, answer, START)
    };
    assert!(matches!(read(200, r#"{"access_token":"at"}"#), Outcome::Granted(_)));
    for (status, body) in
        [(400, r#"{"error_code":"webauthn_failed"}"#), (401, "{}"), (400, r#"{"error":"invalid_grant"}"#)]
    {
        assert_eq!(read(status, body), Outcome::Unreturned(RedirectProblem::Passkey), "{status} {body}");
    }
    assert!(matches!(read(500, "{}"), Outcome::Failing { .. }));
    assert!(matches!(read(429, "{}"), Outcome::RateLimited { .. }));
}

#[test]
fn who_cancels_is_signed_out_as_before_and_nothing_is_said() {
    let mut world = World::with_config(1, config());
    world.start(0);
    world.dispatch(0, Event::SignInSubmitted { form: passkey::to_be_signed(), only_here: false });
    assert!(world.tabs[0].session.view().is_signing_in);
    let (_, request, _) = world.under_way.remove(0);
    let outcome = Outcome::Unreturned(RedirectProblem::Silent);
    world.dispatch(0, Event::Responded { request, outcome, jitter: Jitter(0) });
    let view = world.tabs[0].session.view();
    assert_eq!((view.gate, view.problem, view.is_signing_in), (Gate::Closed, None, false));
}

#[test]
fn who_is_refused_reads_so_and_may_try_again_at_once() {
    let mut world = World::with_config(1, config());
    world.start(0);
    world.dispatch(0, Event::SignInSubmitted { form: signed_form(), only_here: false });
    let (_, request, _) = world.under_way.remove(0);
    let outcome = Outcome::Unreturned(RedirectProblem::Passkey);
    world.dispatch(0, Event::Responded { request, outcome, jitter: Jitter(0) });
    let refused = SignInProblem::Redirect(RedirectProblem::Passkey);
    assert_eq!(world.tabs[0].session.view().problem, Some(refused));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}
