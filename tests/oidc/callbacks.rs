//! What becomes of a sign-in at the redirect path: once, within ten minutes, and from whom it was expected.

use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule::oidc::callback::{arrive, known_error};
use vestibule::oidc::{Arrival, Callback, Granted, NotTaken, Pending, Pendings, Problem, Settings, Way, pkce};
use vestibule::session::Timestamp;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const MINUTE_MS: u64 = 60_000;

pub fn settings() -> Settings {
    let settings = json!(["acme-ops", "/sub", "https://id.example", "acme", "/callback", "", "", true]);
    Settings::from_json(&settings.to_string()).unwrap()
}

pub fn pending(number: u8, way: Way) -> Pending {
    Pending {
        state: way.state(&[number; 32]),
        nonce: format!("nonce-{number}"),
        code_verifier: pkce::code_verifier(&[number + 100; 32]),
        path: "/callback".into(),
        issuer: "https://id.example".into(),
        return_to: Some("/orders".into()),
        redirect_uri: "https://app.example/sub/callback".into(),
        started_at: NOW,
    }
}

fn begun(pending: &Pending) -> Pendings {
    let mut pendings = Pendings::default();
    pendings.add(pending.clone());
    pendings
}

fn arrived(pendings: &mut Pendings, query: &str, sends_iss: Option<bool>, now: Timestamp) -> Arrival {
    arrive(pendings, &Callback::read(query), &settings(), sends_iss, now)
}

/// What one answer, to one sign-in that was just begun, is taken for.
fn problem(parameters: &str, sends_iss: Option<bool>) -> (Problem, Option<String>) {
    let pending = pending(1, Way::Page);
    let query = format!("state={}&{parameters}", pending.state);
    match arrived(&mut begun(&pending), &query, sends_iss, NOW) {
        Arrival::Failed { problem, detail, .. } => (problem, detail),
        other => panic!("{parameters}: {other:?}"),
    }
}

fn problem_of(arrival: Arrival) -> Problem {
    match arrival {
        Arrival::Failed { problem, .. } => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_becomes_the_form_that_the_page_submits() {
    let pending = pending(1, Way::Page);
    let query = format!("code=a%2Bb+c&state={}&iss=https%3A%2F%2Fid.example", pending.state);
    let arrival = arrived(&mut begun(&pending), &query, Some(true), NOW);
    let told: Value = serde_json::from_str(&arrival.to_json()).unwrap();
    let expected = json!({
        "form": {
            "code": "a+b c",
            "code_verifier": pending.code_verifier,
            "redirect_uri": "https://app.example/sub/callback",
        },
        "return_to": "/orders",
    });
    assert_eq!(told, expected);
    assert_eq!(arrival, Arrival::Granted { code: "a+b c".into(), pending });
}

#[test]
fn a_state_is_used_once() {
    let pending = pending(1, Way::Page);
    let query = format!("code=c&state={}", pending.state);
    let mut pendings = begun(&pending);
    assert!(matches!(arrived(&mut pendings, &query, None, NOW), Arrival::Granted { .. }));
    assert_eq!(problem_of(arrived(&mut pendings, &query, None, NOW)), Problem::Used);
    // Also after the page was loaded anew.
    let mut pendings = Pendings::from_json(Some(&pendings.to_json()), Some(&pendings.used_to_json()));
    assert_eq!(problem_of(arrived(&mut pendings, &query, None, NOW)), Problem::Used);
}

#[test]
fn an_answer_that_was_refused_cannot_be_tried_again() {
    let pending = pending(1, Way::Page);
    let mut pendings = begun(&pending);
    let refused = format!("code=c&iss=https://evil.example&state={}", pending.state);
    assert_eq!(problem_of(arrived(&mut pendings, &refused, None, NOW)), Problem::Misconfigured);
    let good = format!("code=c&iss=https://id.example&state={}", pending.state);
    assert_eq!(problem_of(arrived(&mut pendings, &good, None, NOW)), Problem::Used);
}

#[test]
fn a_state_that_nobody_here_gave_out_is_stray() {
    let mut pendings = begun(&pending(1, Way::Page));
    let forged = Way::Page.state(&[2; 32]);
    for query in [
        format!("code=c&state={forged}"),
        "code=c&state=p".into(),
        "code=c&state=é".into(),
        "code=c&state=".into(),
        "code=c".into(),
        "error=access_denied".into(),
        "error=access_denied&state=x".into(),
        String::new(),
    ] {
        assert_eq!(problem_of(arrived(&mut pendings, &query, None, NOW)), Problem::Stray, "{query}");
    }
    let untouched = format!("code=c&state={}", pending(1, Way::Page).state);
    assert!(matches!(arrived(&mut pendings, &untouched, None, NOW), Arrival::Granted { .. }));
}

#[test]
fn a_sign_in_lapses_after_ten_minutes_and_when_the_clock_was_set_back_far() {
    let pending = pending(1, Way::Page);
    let query = format!("code=c&state={}", pending.state);
    let at = |now| arrived(&mut begun(&pending), &query, None, now);
    for good in [NOW, NOW.after_ms(10 * MINUTE_MS - 1), NOW.before_ms(MINUTE_MS), NOW.before_ms(10 * MINUTE_MS)] {
        assert!(matches!(at(good), Arrival::Granted { .. }), "{good:?}");
    }
    for lapsed in [NOW.after_ms(10 * MINUTE_MS), Timestamp(u64::MAX), NOW.before_ms(10 * MINUTE_MS + 1), Timestamp(0)] {
        let arrival = at(lapsed);
        assert_eq!(arrival, Arrival::failed(Problem::Lapsed, None, Some("/orders".into())), "{lapsed:?}");
    }
    let mut pendings = begun(&pending);
    assert!(matches!(pendings.take(&pending.state, NOW.after_ms(10 * MINUTE_MS)), Err(NotTaken::Lapsed(_))));
    assert_eq!(pendings.take(&pending.state, NOW), Err(NotTaken::Used), "and is gone then");
}

#[test]
fn an_answer_at_the_path_of_another_provider_is_stray() {
    for change in [
        |pending: &mut Pending| pending.path = "/callback/other".into(),
        |pending: &mut Pending| pending.issuer = "https://id.example/".into(),
    ] {
        let mut pending = pending(1, Way::Page);
        change(&mut pending);
        let query = format!("code=c&state={}", pending.state);
        assert_eq!(problem_of(arrived(&mut begun(&pending), &query, None, NOW)), Problem::Stray);
    }
}

#[test]
fn the_issuer_in_an_answer_must_be_the_expected_one_and_there_when_announced() {
    for iss in ["https://evil.example", "https://id.example/", "https%3A%2F%2Fid.example%2F"] {
        for rest in ["code=c", "error=access_denied"] {
            let (problem, detail) = problem(&format!("{rest}&iss={iss}"), None);
            assert_eq!(problem, Problem::Misconfigured);
            assert!(!detail.unwrap().contains("evil"));
        }
    }
    assert_eq!(problem("code=c", Some(true)).0, Problem::Misconfigured);
    // Given twice it counts as absent.
    let twice = "code=c&iss=https://id.example&iss=https://id.example";
    assert_eq!(problem(twice, Some(true)).0, Problem::Misconfigured);
    // An error grants nothing, so it may say less.
    assert_eq!(problem("error=access_denied", Some(true)).0, Problem::Cancelled);
    let pending = pending(1, Way::Page);
    for sends_iss in [None, Some(false)] {
        let query = format!("code=c&state={}", pending.state);
        assert!(matches!(arrived(&mut begun(&pending), &query, sends_iss, NOW), Arrival::Granted { .. }));
    }
}

#[test]
fn a_parameter_given_twice_counts_as_absent() {
    let (problem, _) = problem("code=c&code=d", None);
    assert_eq!(problem, Problem::Misconfigured);
    let pending = pending(1, Way::Page);
    for query in [
        format!("code=c&state={0}&state={0}", pending.state),
        format!("code=c&state={0}&st%61te=x", pending.state),
        format!("code=c&state={}&state=%", pending.state),
        format!("code=c&state={}&{}", pending.state, "x".repeat(16 * 1024)),
    ] {
        let mut pendings = begun(&pending);
        assert_eq!(problem_of(arrived(&mut pendings, &query, None, NOW)), Problem::Stray, "{query}");
        assert!(pendings.take(&pending.state, NOW).is_ok(), "nothing was used up");
    }
}

#[test]
fn an_answer_without_code_and_error_is_a_mistake_of_the_set_up() {
    for parameters in ["", "code=", "code=%zz", "code=%ff", "error=&code="] {
        assert_eq!(problem(parameters, None).0, Problem::Misconfigured, "{parameters}");
    }
}

#[test]
fn errors_are_told_by_a_table() {
    for (code, expected) in [
        ("access_denied", Problem::Cancelled),
        ("server_error", Problem::Failing),
        ("temporarily_unavailable", Problem::Failing),
        ("login_required", Problem::Silent),
        ("interaction_required", Problem::Silent),
        ("consent_required", Problem::Silent),
        ("account_selection_required", Problem::Silent),
    ] {
        assert_eq!(problem(&format!("error={code}&error_description=hello"), None), (expected, None));
        // With a code beside it, it is an error all the same.
        assert_eq!(problem(&format!("error={code}&code=c"), None), (expected, None));
    }
    for code in ["invalid_request", "invalid_scope", "unauthorized_client", "invalid_target", "invalid_dpop_proof"] {
        assert_eq!(problem(&format!("error={code}"), None), (Problem::Misconfigured, Some(code.into())));
    }
}

#[test]
fn the_way_is_read_from_the_state() {
    for (name, way, letter) in [("page", Way::Page, 'p'), ("popup", Way::Window, 'w'), ("silent", Way::Frame, 'f')] {
        assert_eq!(Way::named(name), Some(way));
        let pending = pending(1, way);
        assert!(pending.state.starts_with(letter) && pending.state.len() == 44);
        assert_eq!(pending.way(), way);
        assert_eq!(Callback::read(&format!("code=c&state={}", pending.state)).way(), Some(way));
    }
    assert_eq!(Way::named("window"), None);
    for query in ["", "state=", "state=x", "state=p&state=w"] {
        assert_eq!(Callback::read(query).way(), None, "{query}");
    }
}

#[test]
fn eight_sign_ins_are_remembered_and_the_oldest_gives_way() {
    let mut pendings = Pendings::default();
    for number in 0..20 {
        pendings.add(pending(number, Way::Page));
    }
    let mut pendings = Pendings::from_json(Some(&pendings.to_json()), None);
    for number in 0..20 {
        let state = pending(number, Way::Page).state;
        let taken = pendings.take(&state, NOW);
        assert_eq!(taken, if number < 12 { Err(NotTaken::Stray) } else { Ok(pending(number, Way::Page)) });
    }
    assert_eq!(pendings.to_json(), "[]");
    let used: Value = serde_json::from_str(&pendings.used_to_json()).unwrap();
    assert_eq!(used.as_array().unwrap().len(), 8);
}

#[test]
fn of_a_used_state_too_little_is_kept_to_be_worth_anything() {
    let pending = pending(1, Way::Page);
    let mut pendings = begun(&pending);
    pendings.take(&pending.state, NOW).unwrap();
    assert_eq!(pendings.used_to_json(), format!("[\"{}\"]", &pending.state[..8]));
    assert_eq!(pendings.to_json(), "[]");
}

#[test]
fn a_code_that_came_is_exchanged_by_the_sign_in_whose_verifier_goes_with_it_and_once() {
    let mut granted = Granted::default();
    let [first, second] = [1, 2].map(|number| pending(number, Way::Page));
    granted.add(first.clone());
    granted.add(second.clone());
    // The code of the first may stand in that of the second: nobody looks at it.
    let body = format!("code=code&code_verifier={}", second.code_verifier);
    assert_eq!(granted.take(&body), Some(second));
    assert_eq!(granted.take(&body), None, "its nonce is good once");
    for other in ["", "grant_type=refresh_token", "code=c&code_verifier="] {
        assert_eq!(granted.take(other), None, "{other}");
    }
    let json = format!(r#"{{"code_verifier":"{}"}}"#, first.code_verifier);
    assert!(!format!("{granted:?}").contains(&first.code_verifier));
    assert_eq!(granted.take(&json), Some(first));
    granted.add(Pending { code_verifier: String::new(), ..pending(3, Way::Page) });
    assert_eq!(granted.take("anything"), None);
    for number in 0..20 {
        granted.add(pending(number, Way::Page));
    }
    assert_eq!(granted.take(&pending(11, Way::Page).code_verifier), None, "the oldest gave way");
    assert!(granted.take(&pending(12, Way::Page).code_verifier).is_some());
}

#[test]
fn records_read_back_as_they_were_written_and_others_count_as_nothing() {
    let mut pendings = begun(&pending(1, Way::Page));
    pendings.add(Pending { return_to: None, ..pending(2, Way::Frame) });
    assert_eq!(Pendings::from_json(Some(&pendings.to_json()), Some("[]")), pendings);
    let long = format!("[{}]", "1,".repeat(64 * 1024));
    for foreign in ["", "null", "{}", "[1,null,{}]", r#"[{"state":"p"}]"#, &long] {
        assert_eq!(Pendings::from_json(Some(foreign), Some(foreign)).to_json(), "[]", "{foreign}");
    }
    let mut record: Value = serde_json::from_str(&pendings.to_json()).unwrap();
    record[0]["state"] = "x".into();
    assert_eq!(Pendings::from_json(Some(&record.to_string()), None).to_json().matches("state").count(), 1);
}

#[test]
fn problems_are_told_by_the_names_that_the_page_knows() {
    let told = Arrival::failed(Problem::TimedOut, Some("no answer"), None).to_json();
    assert_eq!(told, r#"{"problem":"timed_out","detail":"no answer","return_to":null}"#);
    assert_eq!(Arrival::Relayed.to_json(), r#"{"problem":"silent"}"#);
    let names = [
        (Problem::Cancelled, "cancelled"),
        (Problem::Lapsed, "lapsed"),
        (Problem::Used, "used"),
        (Problem::Stray, "stray"),
        (Problem::Failing, "failing"),
        (Problem::Unreachable, "unreachable"),
        (Problem::Clock, "clock"),
        (Problem::Misconfigured, "misconfigured"),
        (Problem::Silent, "silent"),
    ];
    assert!(names.iter().all(|(problem, name)| problem.name() == *name));
}

#[test]
fn nothing_secret_is_printed() {
    let pending = pending(1, Way::Page);
    let query = format!("code=c0de&state={}", pending.state);
    let callback = Callback::read(&query);
    let mut pendings = begun(&pending);
    let before = format!("{pending:?} {pendings:?} {callback:?}");
    let arrival = arrive(&mut pendings, &callback, &settings(), None, NOW);
    let lapsed = NotTaken::Lapsed(Box::new(pending.clone()));
    let printed = format!("{before} {arrival:?} {pendings:?} {lapsed:?}");
    for secret in ["c0de", &pending.state, &pending.nonce, &pending.code_verifier] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[test]
fn settings_make_the_keys_and_the_addresses() {
    let settings = settings();
    assert_eq!(settings.key("redirect"), "vestibule:acme-ops:redirect");
    assert_eq!(settings.redirect_uri("https://app.example"), "https://app.example/sub/callback");
    assert_eq!(settings.signed_out_uri("https://app.example"), "https://app.example/sub/callback/signed-out");
    assert!(settings.dpop && settings.jwks.is_none() && settings.par.is_none());
    for foreign in
        ["", "null", "{}", r#"["a","","i","c","callback","","",true]"#, r#"["a","","i","c","/callback","",""]"#]
    {
        assert_eq!(Settings::from_json(foreign), None, "{foreign}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_provider_writes_is_never_shown(code in "[a-z_ ]{1,24}", description in "[A-Z]{6,20}") {
        let (_, detail) = problem(&format!("error={code}&error_description={description}&error_uri={description}"), None);
        let detail = detail.unwrap_or_default();
        prop_assert!(!detail.contains(&description));
        prop_assert!(known_error(&code).is_some() || code.len() < 10 || !detail.contains(&code));
    }

    #[test]
    fn no_query_is_a_sign_in_without_a_record(query in "\\PC{0,200}") {
        let arrival = arrived(&mut Pendings::default(), &query, None, NOW);
        prop_assert_eq!(problem_of(arrival), Problem::Stray);
    }
}
