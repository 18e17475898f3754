//! What goes out and what comes in: requests as the config writes them, answers in every shape.

use crate::world::{START, config, config_from, response};
use serde_json::json;
use vestibule::{
    config::{Credentials, Method, Query},
    session::{
        AccessToken, Ask, CallerId, Challenged, Effect, Event, Form, Grant, Kept, Lifetime, Outcome, QueryProblem,
        RefreshToken, Rules, Session, Store, StoredSession, Timestamp, Tokens, Values, protocol, read_rows,
    },
};

fn form() -> Form {
    Form(vec![("username".into(), "ada\"@x".into()), ("password".into(), " p\u{e4}ss&=%\\".into())])
}

fn sign_in() -> Ask {
    Ask::SignIn { form: form(), challenge: None }
}

fn session() -> StoredSession {
    StoredSession {
        provider: "p".into(),
        generation: 1,
        signed_in_at: START,
        tokens: Tokens {
            access_token: AccessToken::new("at-secret".into()),
            refresh_token: Some(RefreshToken::new("rt-secret".into())),
            id_token: None,
            received_at: START,
            expires_at: None,
        },
        user: None,
        only_here: false,
    }
}

fn granted(config: &vestibule::config::Config, body: &str) -> Grant {
    read(config, response(200, "application/json", body))
}

fn read(config: &vestibule::config::Config, response: protocol::HttpResponse) -> Grant {
    match protocol::read(config, &sign_in(), &config.provider.sign_in, Ok(response), START) {
        Outcome::Granted(grant) => grant,
        other => panic!("not granted: {other:?}"),
    }
}

#[test]
fn a_password_arrives_as_it_was_typed() {
    let config = config();
    let ask = sign_in();
    let http =
        protocol::write(&config.provider.sign_in, &config.provider.authorize, protocol::values_of(&ask)).unwrap();
    assert_eq!(http.method, Method::Post);
    assert_eq!(http.url, "https://id.example/auth/v1/token?grant_type=password");
    assert_eq!(http.credentials, Credentials::Omit);
    assert!(http.headers.contains(&("apikey".into(), "k".into())));
    assert!(!http.headers.iter().any(|(name, _)| name == "Authorization"));
    let body: serde_json::Value = serde_json::from_str(&http.body.unwrap()).unwrap();
    assert_eq!(body, json!({ "email": "ada\"@x", "password": " p\u{e4}ss&=%\\" }));
}

#[test]
fn what_is_sent_and_answered_never_prints_a_secret() {
    let config = config();
    let ask = Ask::Revoke { tokens: session().tokens };
    let request = protocol::requests_for(&config, &ask)[0];
    let http = protocol::write(request, &config.provider.authorize, protocol::values_of(&ask)).unwrap();
    assert!(http.headers.contains(&("Authorization".into(), "Bearer at-secret".into())));
    let grant = granted(&config, r#"{"access_token":"at-secret","user":{"email":"e-secret"}}"#);
    let printed = format!("{http:?} {ask:?} {:?} {grant:?} {:?}", sign_in(), response(200, "", "b-secret"));
    assert!(!printed.contains("secret") && !printed.contains("ada"), "{printed}");
}

#[test]
fn a_user_holds_no_token_wherever_the_provider_puts_it() {
    let body = r#"{"access_token":"at","refresh_token":"rt",
        "user":{"name":"Ada","token":"at","all":["rt",{"at":"at"},["at","x"]]}}"#;
    let user = granted(&config(), body).user.unwrap();
    assert_eq!(user, json!({ "name": "Ada", "all": [null, {}, [null, "x"]] }));
}

#[test]
fn nothing_that_the_machine_hears_holds_or_wants_prints_a_secret() {
    let config = config();
    let session = || StoredSession { user: Some(json!({ "name": "n-secret" })), ..session() };
    let challenged = Challenged(json!({ "mfa_token": "c-secret" }));
    let mut machine = Session::new(Rules::of(&config));
    let mut printed = Vec::new();
    let mut hear = |event: Event| {
        printed.push(format!("{event:?}"));
        printed.push(format!("{:?} {machine:?} {:?}", machine.advance(event, START), machine.view()));
    };
    hear(Event::Started { stored: Some(session()) });
    hear(Event::AccessTokenRequested { caller: CallerId(1) });
    hear(Event::AccessTokenRejected { caller: CallerId(2), access_token: AccessToken::new("at-secret".into()) });
    hear(Event::StorageChanged { stored: Some(session()) });
    hear(Event::SignOutRequested);
    hear(Event::SignInSubmitted { form: form(), only_here: false });
    let kept = Effect::Keep { values: Kept(vec![("tenant".into(), Some(json!("k-secret")))]) };
    printed.push(format!("{kept:?} {:?}", Outcome::User(json!({ "name": "u-secret" }))));
    printed.push(format!(
        "{:?} {:?}",
        Outcome::Challenged(challenged.clone()),
        Ask::SignIn { form: form(), challenge: Some(challenged) }
    ));
    let mut store = Store::default();
    store.put("tenant", json!("s-secret"), Lifetime::Stored);
    printed.push(format!("{store:?}"));
    let printed = printed.join("\n");
    assert!(printed.contains("SignedIn") && printed.contains("tenant"), "{printed}");
    assert!(!printed.contains("secret") && !printed.contains("ada"), "{printed}");
}

#[test]
fn a_token_goes_to_the_origins_that_are_allowed_and_no_other() {
    let config = config_from(|file| {
        file["queries"]["other"] = json!({ "url": "https://other.example/data", "authorized": false });
        file["pages"][0]["blocks"] =
            json!([{ "type": "table", "query": "orders" }, { "type": "table", "query": "other" }]);
    });
    let tokens = session().tokens;
    let values = Values { tokens: Some(&tokens), ..Values::default() };
    let carries = |name: &str| {
        let request = &config.query(name).unwrap().request;
        let http = protocol::write(request, &config.provider.authorize, values).unwrap();
        http.headers.iter().any(|(_, value)| value.contains("at-secret"))
    };
    assert!(carries("orders"));
    assert!(!carries("other"));
    // Even if a config were to slip through its checks: the wire looks again.
    let mut forced = config.query("other").unwrap().request.clone();
    forced.authorized = true;
    let http = protocol::write(&forced, &config.provider.authorize, values).unwrap();
    assert!(!http.headers.iter().any(|(_, value)| value.contains("at-secret")));
}

#[test]
fn a_missing_value_is_named_and_nothing_is_sent() {
    let config = config_from(|file| {
        file["queries"]["orders"]["url"] = json!("{{vars.base_url}}/orders?team={{user.team}}");
    });
    let request = &config.query("orders").unwrap().request;
    let tokens = session().tokens;
    let values = Values { tokens: Some(&tokens), ..Values::default() };
    let missing = protocol::write(request, &config.provider.authorize, values).unwrap_err();
    assert!(missing.to_string().contains("user.team"), "{missing}");
}

#[test]
fn expiry_is_read_in_every_unit_and_shape() {
    let jwt = |claims: &str| format!("e30.{}.sig", base64url(claims.as_bytes()));
    let at = |seconds: u64| Some(START.after_ms(seconds * 1000));
    let start_s = START.0 / 1000;
    let cases = [
        (json!({"in": "/expires_in"}), json!({"expires_in": 90}), at(90)),
        (json!({"in": "/expires_in"}), json!({"expires_in": "90"}), at(90)),
        (json!({"in": "/expires_in"}), json!({"expires_in": 90.9}), at(90)),
        (json!({"in": "/expires_in"}), json!({"expires_in": 0}), None),
        (json!({"in": "/expires_in"}), json!({"expires_in": -5}), None),
        (json!({"in": "/e", "unit": "ms"}), json!({"e": 90_000}), at(90)),
        (json!({"at": "/e"}), json!({"e": start_s + 90}), at(90)),
        (json!({"at": "/e", "unit": "ms"}), json!({"e": START.0 + 90_000}), at(90)),
        (json!({"at": "/e", "unit": "iso"}), json!({"e": "2027-01-15T08:01:30Z"}), at(90)),
        (json!("jwt"), json!({"access_token": jwt(&format!(r#"{{"exp":{},"iat":{start_s}}}"#, start_s + 90))}), at(90)),
        // A server clock that is a day ahead: the span counts, not the time.
        (
            json!("jwt"),
            json!({"access_token": jwt(&format!(r#"{{"exp":{},"iat":{}}}"#, start_s + 86_490, start_s + 86_400))}),
            at(90),
        ),
        (json!("jwt"), json!({"access_token": jwt(&format!(r#"{{"exp":{}}}"#, start_s + 90))}), at(90)),
        // Expired on arrival: a clock is wrong, and only a 401 can tell.
        (json!("jwt"), json!({"access_token": jwt(r#"{"exp":1000}"#)}), None),
        (json!({"after_s": 3600}), json!({}), at(3600)),
        (json!("never"), json!({"expires_in": 90}), None),
        (json!([{"in": "/nope"}, "jwt", {"after_s": 60}]), json!({}), at(60)),
    ];
    for (expires, answer, expected) in cases {
        let config = config_from(|file| file["provider"]["tokens"] = json!({ "expires": expires }));
        let mut body = json!({ "access_token": "opaque" });
        body.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
        assert_eq!(granted(&config, &body.to_string()).expires_at, expected, "{expires} {answer}");
    }
}

#[test]
fn tokens_are_found_in_every_place() {
    let with = |places: serde_json::Value| config_from(|file| file["provider"]["tokens"] = places);
    let body = r#"{"data":{"a/b":[{"t":"deep"}]},"access_token":"top"}"#;
    assert_eq!(granted(&with(json!({ "access_token": "/data/a~1b/0/t" })), body).access_token.expose(), "deep");
    assert_eq!(
        granted(&with(json!({ "access_token": ["/nope", "/access_token"] })), body).access_token.expose(),
        "top"
    );
    let plain = response(200, "text/plain", " 1|abc \n");
    assert_eq!(read(&with(json!({ "access_token": "body" })), plain).access_token.expose(), "1|abc");
    let mut header = response(200, "application/json", "{}");
    header.headers.push(("authorization".into(), "Bearer from-header".into()));
    assert_eq!(
        read(&with(json!({ "access_token": "header:Authorization" })), header).access_token.expose(),
        "from-header"
    );
}

#[test]
fn the_field_of_a_second_step_is_left_out_of_the_first() {
    let config = config_from(|file| {
        file["provider"]["sign_in"] = json!({ "json": { "otp": "{{form.code}}", "ticket": "{{challenge.ticket}}" } });
        file["provider"]["errors"] = json!({ "challenge": {
            "when": { "pointer": "/error", "equals": "otp" },
            "fields": [ { "name": "code", "kind": "one_time_code" } ], "request": "sign_in" } });
    });
    let body = |ask: &Ask| {
        let values = protocol::values_of(ask);
        let http = protocol::write(&config.provider.sign_in, &config.provider.authorize, values).unwrap();
        serde_json::from_str::<serde_json::Value>(&http.body.unwrap()).unwrap()
    };
    assert!(body(&sign_in()).get("otp").is_none());
    let mut form = form();
    form.0.push(("code".into(), "123456".into()));
    let second = Ask::SignIn { form, challenge: Some(vestibule::session::Challenged(json!({ "ticket": 7 }))) };
    assert_eq!((&body(&second)["otp"], &body(&second)["ticket"]), (&json!("123456"), &json!(7)));
}

#[test]
fn a_request_of_before_that_fails_is_told_like_the_request_itself() {
    let config = config_from(|file| {
        file["provider"]["sign_in"] = json!({ "before": { "url": "{{vars.base_url}}/csrf" } });
    });
    let first = config.provider.sign_in.before.as_deref().unwrap();
    let read = |status, body: &str| {
        protocol::read_before(&config, &sign_in(), first, Ok(response(status, "application/json", body)), START)
    };
    assert_eq!(read(200, r#"{"t":1}"#), Ok(json!({ "t": 1 })));
    assert_eq!(read(503, ""), Err(Box::new(Outcome::Failing { retry_at: None })));
    assert_eq!(read(429, ""), Err(Box::new(Outcome::RateLimited { retry_at: None })));
}

#[test]
fn what_may_hold_a_secret_follows_no_redirect() {
    let config = config();
    let ask = sign_in();
    let http =
        protocol::write(&config.provider.sign_in, &config.provider.authorize, protocol::values_of(&ask)).unwrap();
    assert!(!http.follows_redirects);
}

#[test]
fn success_is_what_the_config_says_beyond_2xx() {
    let with = |ok: serde_json::Value| config_from(|file| file["provider"]["sign_in"] = json!({ "ok": ok }));
    let is_granted = |config: &vestibule::config::Config, status: u16, body: &str| {
        let answer = Ok(response(status, "application/json", body));
        matches!(protocol::read(config, &sign_in(), &config.provider.sign_in, answer, START), Outcome::Granted(_))
    };
    let token = r#"{"access_token":"a","session":{}}"#;
    assert!(is_granted(&with(json!([404])), 404, token) && is_granted(&with(json!([404])), 200, token));
    assert!(!is_granted(&with(json!([404])), 400, token));
    assert!(is_granted(&with(json!("/session")), 200, token));
    assert!(!is_granted(&with(json!("/session")), 200, r#"{"access_token":"a","session":null}"#));
}

#[test]
fn a_revocation_of_a_token_that_there_is_not_is_left_out() {
    let config = config_from(|file| {
        file["provider"]["revoke"] = json!([
            { "url": "{{vars.base_url}}/revoke", "form": { "token": "{{session.refresh_token}}" } },
            { "url": "{{vars.base_url}}/revoke", "form": { "token": "{{session.access_token}}" } } ]);
    });
    let tokens = Tokens { refresh_token: None, ..session().tokens };
    assert_eq!(protocol::requests_for(&config, &Ask::Revoke { tokens }).len(), 1);
    assert_eq!(protocol::requests_for(&config, &Ask::Revoke { tokens: session().tokens }).len(), 2);
}

#[test]
fn a_token_that_the_provider_does_not_know_is_as_good_as_revoked() {
    let config = config();
    let ask = Ask::Revoke { tokens: session().tokens };
    let request = protocol::requests_for(&config, &ask)[0];
    for (status, is_done) in
        [(200, true), (204, true), (400, true), (401, true), (404, true), (429, false), (500, false)]
    {
        let outcome = protocol::read(&config, &ask, request, Ok(response(status, "", "")), START);
        assert_eq!(outcome == Outcome::Revoked, is_done, "{status}");
    }
}

#[test]
fn a_sign_out_with_an_expired_token_is_not_taken_for_confirmed() {
    let config = config();
    let tokens = Tokens { expires_at: Some(START), ..session().tokens };
    let ask = Ask::Revoke { tokens };
    let request = protocol::requests_for(&config, &ask)[0];
    assert!(request.authorized);
    let outcome = protocol::read(&config, &ask, request, Ok(response(401, "", "")), START.after_ms(1));
    assert_eq!(outcome, Outcome::Refused);
}

#[test]
fn a_query_says_what_kind_of_answer_it_got() {
    let query = Query { rows: vestibule::config::Pointer::parse("/data").unwrap(), ..config().queries[0].clone() };
    let read = |status, kind, body| read_rows(&query, &response(status, kind, body));
    assert_eq!(read(200, "application/json", r#"{"data":[1]}"#), Ok(json!([1])));
    assert_eq!(read(401, "", ""), Err(QueryProblem::Unauthorized));
    assert_eq!(read(403, "", ""), Err(QueryProblem::Forbidden));
    assert_eq!(read(404, "", ""), Err(QueryProblem::NotFound));
    assert_eq!(read(429, "", ""), Err(QueryProblem::RateLimited));
    assert_eq!(read(503, "", ""), Err(QueryProblem::Failing));
    assert_eq!(read(200, "text/html", "<p>"), Err(QueryProblem::Walled));
    assert!(matches!(read(200, "application/json", "{}"), Err(QueryProblem::Unintelligible { .. })));
    assert!(matches!(read(200, "application/json", "nope"), Err(QueryProblem::Unintelligible { .. })));
    let mut lenient = query.clone();
    lenient.request.ok = vec![vestibule::config::Success::Status(404)];
    assert_eq!(read_rows(&lenient, &response(404, "application/json", r#"{"data":[]}"#)), Ok(json!([])));
}

fn by_cookie() -> vestibule::config::Config {
    config_from(|file| {
        file["provider"]["tokens"] = json!({ "access_token": ["/token", "cookie"] });
        file["provider"]["refresh"] = json!({ "url": "https://id.example/refresh" });
        file["provider"]["user_info"] = json!({ "url": "https://id.example/me", "authorized": true, "ok": "/user" });
        file["provider"]["revoke"] =
            json!([{ "url": "https://id.example/out", "headers": { "X-CSRF": "{{cookie.XSRF-TOKEN}}" } }]);
    })
}

#[test]
fn a_cookie_is_sent_by_the_browser_and_nothing_stands_in_for_it() {
    let config = by_cookie();
    let user_info = &config.provider.user_info.as_ref().unwrap().request;
    let tokens = Tokens::in_cookie(START);
    let values = Values { tokens: Some(&tokens), ..Values::default() };
    let http = protocol::write(user_info, &config.provider.authorize, values).unwrap();
    assert_eq!(http.credentials, Credentials::Include);
    assert!(!http.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")));
    // The same request, where the answer did hold a token.
    let session = session();
    let values = Values { tokens: Some(&session.tokens), ..Values::default() };
    let http = protocol::write(user_info, &config.provider.authorize, values).unwrap();
    assert!(http.headers.contains(&("Authorization".into(), "Bearer at-secret".into())));
}

#[test]
fn the_first_place_that_holds_something_wins_and_a_cookie_always_may() {
    let config = by_cookie();
    assert_eq!(granted(&config, r#"{"token":"here"}"#).access_token, AccessToken::new("here".into()));
    for body in [r#"{"token":""}"#, "{}", "", "signed in"] {
        let grant = read(&config, response(200, "text/plain", body));
        assert!(grant.access_token.is_in_cookie() && grant.is_said, "{body}");
    }
    assert!(!read(&config, response(200, "text/html", "<p>")).is_said);
}

#[test]
fn a_csrf_token_may_stand_in_a_cookie() {
    let config = config_from(|file| {
        file["provider"]["revoke"] = json!([{ "url": "/out", "headers": { "X-XSRF-TOKEN": "{{cookie.XSRF-TOKEN}}", "X-Other": "{{cookie.a.b}}" } }]);
    });
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let cookies = "theme=dark; XSRF-TOKEN=near%3D=; XSRF-TOKEN=far; a.b=100% dots";
    let values = Values { cookies, ..Values::default() };
    let http = protocol::write(&config.provider.revoke[0], &config.provider.authorize, values).unwrap();
    assert!(
        http.headers.contains(&pair("X-XSRF-TOKEN", "near==")) && http.headers.contains(&pair("X-Other", "100% dots"))
    );
    // Before the first cookie is set there is nothing to say; within other text its lack is a mistake.
    let http = protocol::write(&config.provider.revoke[0], &config.provider.authorize, Values::default()).unwrap();
    assert_eq!(http.headers.iter().filter(|(name, _)| name.starts_with("X-")).count(), 0);
}

#[test]
fn a_code_that_is_not_asked_for_yet_leaves_its_header_out() {
    let config = config_from(|file| {
        file["provider"]["sign_in"]["headers"] = json!({ "X-Otp": "{{form.code}}" });
        file["provider"]["errors"]["challenge"] = json!({
            "when": { "pointer": "/otp" }, "fields": [{ "name": "code", "kind": "one_time_code" }], "request": "sign_in"
        });
    });
    let sent = |fields: &[(&str, &str)]| {
        let form = Form(fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
        let ask = Ask::SignIn { form, challenge: None };
        let sign_in = &config.provider.sign_in;
        let http = protocol::write(sign_in, &config.provider.authorize, protocol::values_of(&ask)).unwrap();
        http.headers.into_iter().find(|(name, _)| name == "X-Otp").map(|(_, value)| value)
    };
    let (username, password) = (("username", "ada"), ("password", "p"));
    assert_eq!(sent(&[username, password]), None);
    assert_eq!(sent(&[username, password, ("code", "123456")]).as_deref(), Some("123456"));
}

#[test]
fn a_redirect_is_an_answer_only_where_a_cookie_may_come_with_it() {
    let (cookies, tokens) = (by_cookie(), config());
    let asks = [
        sign_in(),
        Ask::Refresh { session: session() },
        Ask::UserInfo { session: session() },
        Ask::Revoke { tokens: session().tokens },
    ];
    let meanings = asks.map(|ask| {
        let meaning = |config| {
            let requests = protocol::requests_for(config, &ask);
            let redirected = Err(protocol::HttpFailure::Redirected);
            requests.first().map(|request| protocol::read(config, &ask, request, redirected, START))
        };
        assert!(matches!(meaning(&tokens), Some(Outcome::Unintelligible { .. }) | None), "{ask:?}");
        meaning(&cookies).unwrap()
    });
    assert!(matches!(&meanings[0], Outcome::Granted(grant) if !grant.is_said));
    assert_eq!(meanings[1..], [Outcome::Refused, Outcome::Refused, Outcome::Revoked]);
}

#[test]
fn signed_out_may_be_said_by_what_an_answer_lacks() {
    let config = by_cookie();
    let user_info = &config.provider.user_info.as_ref().unwrap().request;
    let ask = Ask::UserInfo { session: session() };
    let meaning = |body| protocol::read(&config, &ask, user_info, Ok(response(200, "application/json", body)), START);
    assert_eq!(meaning("{}"), Outcome::Refused);
    assert_eq!(meaning(r#"{"user":null}"#), Outcome::Refused);
    assert!(matches!(meaning(r#"{"user":{"id":1}}"#), Outcome::User(_)));
    assert!(matches!(meaning("nope"), Outcome::Unintelligible { .. }));
}

#[test]
fn a_no_with_status_200_is_told_by_its_code() {
    let config = config_from(|file| {
        file["provider"]["errors"] =
            json!({ "code": ["/errors/0/extensions/code", "/code"], "session_ended": ["TOKEN_EXPIRED"] });
        file["provider"]["tokens"] = json!({ "access_token": "/data/login/token" });
        file["provider"]["sign_in"]["ok"] = json!("/data/login");
    });
    let refresh = Ask::Refresh { session: session() };
    let meaning = |ask: &Ask, body: &str| {
        let request = protocol::requests_for(&config, ask)[0];
        protocol::read(&config, ask, request, Ok(response(200, "application/json", body)), START)
    };
    let no = |code: &str| json!({ "errors": [{ "extensions": { "code": code } }], "data": null }).to_string();
    assert_eq!(meaning(&sign_in(), &no("WRONG")), Outcome::Refused);
    assert_eq!(meaning(&sign_in(), r#"{"code":50008,"msg":"wrong"}"#), Outcome::Refused);
    assert!(matches!(meaning(&sign_in(), r#"{"data":{"login":null}}"#), Outcome::Unintelligible { .. }));
    assert!(matches!(meaning(&sign_in(), r#"{"code":0,"data":{"login":{"token":"t"}}}"#), Outcome::Granted(_)));
    assert_eq!(meaning(&refresh, &no("TOKEN_EXPIRED")), Outcome::Ended);
    // **Never** does a session die of what may be anything.
    assert!(matches!(meaning(&refresh, &no("BUSY")), Outcome::Unintelligible { .. }));
}

#[test]
fn pointing_the_config_at_another_provider_drops_the_session() {
    let ours = config();
    let theirs = config_from(|file| file["provider"]["vars"]["base_url"] = json!("https://other.example"));
    assert_ne!(ours.provider.identity, theirs.provider.identity);
    let stored = StoredSession { provider: ours.provider.identity.clone(), ..session() }.to_json();
    assert!(StoredSession::from_json(&stored, &ours.provider.identity).is_some());
    assert!(StoredSession::from_json(&stored, &theirs.provider.identity).is_none());
    assert!(Timestamp::default() < START);
}

fn base64url(bytes: &[u8]) -> String {
    const SYMBOLS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(SYMBOLS[(bits >> (18 - 6 * index) & 63) as usize] as char);
        }
    }
    text
}
