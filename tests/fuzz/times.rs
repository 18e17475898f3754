//! `Retry-After` in both its forms (RFC 9110 §10.2.3), the dates of answers, and how long the machine lets itself be told to wait.
//!
//! The oracle for dates is the crate `httpdate`.

use crate::cases::{Corpus, Draw};
use crate::json::number;
use crate::running::{Target, fuzz};
use crate::ways::open_app;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vestibule::config::{Config, Draft, Preset};
use vestibule::session::{
    AccessToken, Ask, Effect, Event, Form, HttpResponse, Jitter, Outcome, RefreshToken, Rules, Session, SignInProblem,
    StoredSession, Timestamp, Tokens, protocol,
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// The first second of the year 10000.
const END_MS: u64 = 253_402_300_800_000;

const PIECES: &[&str] = &[
    "0",
    "1",
    "9",
    "60",
    "86400",
    "18446744073709551615",
    "-",
    "+",
    ".",
    "e",
    ":",
    " ",
    ",",
    ", ",
    "GMT",
    "UTC",
    "Z",
    "T",
    "Jan",
    "Feb",
    "Dec",
    "Fri",
    "2027",
    "1969",
    "9999",
    "00:00:00",
    "23:59:60",
    "24",
    "+01:00",
    "-99:99",
    ".999999999",
    "\t",
    "\u{661}",
    "é",
    "\0",
];

fn retry_after(draw: &mut Draw, corpus: &Corpus) -> String {
    let mut text = match draw.below(3) {
        0 => number(draw).to_string(),
        1 => httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(number(draw) % (END_MS / 1000))),
        _ => return draw.text(corpus),
    };
    if draw.once_in(3) {
        draw.change(&mut text, corpus);
    }
    text
}

#[test]
fn a_time_to_wait_is_read_as_it_was_meant_and_bounded() {
    let corpus = Corpus::of(&[include_str!("../fixtures/corpus/retry-after.txt")], PIECES);
    let (app, refreshing) = (open_app(), refreshing_app());
    let target = Target { name: "Retry-After", cases: 4000, one_in: 4 };
    fuzz(
        &target,
        &corpus.lines,
        |draw| retry_after(draw, &corpus),
        |text, draw| {
            let status = *draw.pick(&[429, 503, 500, 408, 425]);
            let headers = vec![("retry-after".to_owned(), text.to_owned())];
            let response = HttpResponse { status, headers, body: String::new() };
            let at = response.retry_at(NOW);
            assert_eq!(at, expected(text).or(at), "{text:?}");
            assert_date(text);
            assert_sign_in_waits_at_most_a_day(&app, &response);
            assert_refresh_waits_at_most_a_day(&refreshing, &response, Jitter(u8::try_from(draw.below(256)).unwrap()));
            at.is_some()
        },
    );
}

/// What the text means, where it is plainly one of the two forms.
fn expected(text: &str) -> Option<Timestamp> {
    let text = text.trim_ascii();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse::<u64>().ok()?;
        return Some(Timestamp(NOW.0.saturating_add(seconds.saturating_mul(1000))));
    }
    let date = httpdate::parse_http_date(text).ok().filter(|date| httpdate::fmt_http_date(*date) == text)?;
    let since = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp(u64::try_from(since.as_millis()).unwrap()))
}

fn assert_date(text: &str) {
    if let Some(at) = Timestamp::parse(text) {
        // A day more: a zone may lie far in the west.
        assert!(at.0 < END_MS + DAY_MS, "{text:?} is {at:?}");
        assert!(text.contains(|letter: char| letter.is_ascii_digit()));
    }
}

fn refreshing_app() -> Config {
    let file = serde_json::json!({
        "version": 1,
        "app": { "id": "fuzz", "title": "Fuzz" },
        "provider": {
            "sign_in": { "url": "/t", "json": { "u": "{{form.username}}", "p": "{{form.password}}" } },
            "refresh": { "url": "/t", "json": { "refresh_token": "{{session.refresh_token}}" } }
        },
        "pages": [{ "path": "/a", "title": "A", "blocks": [{ "type": "text", "text": "x" }] }]
    });
    Draft::parse(&file.to_string())
        .unwrap()
        .finish(Preset::NotNamed, None)
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn sent(effects: Vec<Effect>) -> (vestibule::session::RequestId, Ask) {
    let sent = effects.into_iter().find_map(|effect| match effect {
        Effect::Send { request, ask } => Some((request, ask)),
        _ => None,
    });
    sent.expect("a request")
}

fn answered(config: &Config, ask: &Ask, response: &HttpResponse) -> Outcome {
    let requests = protocol::requests_for(config, ask);
    protocol::read(config, ask, requests[0], Ok(response.clone()), NOW)
}

fn assert_sign_in_waits_at_most_a_day(config: &Config, response: &HttpResponse) {
    let mut session = Session::new(Rules::of(config));
    let _ = session.advance(Event::Started { stored: None }, NOW);
    let (request, ask) = sent(session.advance(Event::SignInSubmitted { form: Form::default(), only_here: false }, NOW));
    let outcome = answered(config, &ask, response);
    let _ = session.advance(Event::Responded { request, outcome, jitter: Jitter(0) }, NOW);
    match session.view().problem {
        Some(SignInProblem::RateLimited { until }) => assert!(response.status == 429 && until <= NOW.after_ms(DAY_MS)),
        Some(SignInProblem::Failing) => assert_ne!(response.status, 429),
        other => panic!("{} is {other:?}", response.status),
    }
}

fn assert_refresh_waits_at_most_a_day(config: &Config, response: &HttpResponse, jitter: Jitter) {
    let stored = StoredSession {
        provider: config.provider.identity.clone(),
        generation: 1,
        signed_in_at: NOW.before_ms(DAY_MS),
        tokens: Tokens {
            access_token: AccessToken::new("at-1".into()),
            refresh_token: Some(RefreshToken::new("rt-1".into())),
            id_token: None,
            received_at: NOW.before_ms(DAY_MS),
            expires_at: Some(NOW.before_ms(1)),
        },
        user: None,
        only_here: false,
    };
    let mut session = Session::new(Rules::of(config));
    let _ = session.advance(Event::Started { stored: Some(stored.clone()) }, NOW);
    let acquired = Event::LockAcquired { stored: Some(stored), not_before: Timestamp::default() };
    let (request, ask) = sent(session.advance(acquired, NOW));
    let outcome = answered(config, &ask, response);
    let _ = session.advance(Event::Responded { request, outcome, jitter }, NOW);
    let until = session.view().retry_at.expect("it is tried again");
    assert!(until > NOW && until <= NOW.after_ms(DAY_MS), "{until:?}");
    let wakes = session.next_wake(NOW).expect("somebody wakes it");
    assert!(wakes > NOW && wakes <= NOW.after_ms(DAY_MS), "{wakes:?}");
    assert!(session.known().not_before <= NOW.after_ms(DAY_MS));
}
