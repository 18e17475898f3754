//! `advance` is total: any sequence of events, in any order, at any time, leaves a machine that makes sense.

use crate::world::{Fault, START, World, config, json, response};
use proptest::prelude::*;
use vestibule::session::{
    AccessToken, CallerId, Challenged, Event, Form, Gate, HttpFailure, Jitter, Outcome, RequestId, Rules, Session,
    Settled, StoredSession, Timestamp, Tokens,
};

fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![Just(0), Just(u64::MAX), START.0 - 100_000_000..START.0 + 100_000_000].prop_map(Timestamp)
}

fn session() -> impl Strategy<Value = StoredSession> {
    (timestamp(), timestamp(), proptest::option::of(timestamp()), 0..5_u64, any::<bool>(), any::<bool>()).prop_map(
        |(signed_in_at, received_at, expires_at, generation, has_refresh_token, has_user)| StoredSession {
            provider: "p".into(),
            generation,
            signed_in_at,
            tokens: Tokens {
                access_token: AccessToken::new(format!("at-{generation}")),
                refresh_token: has_refresh_token
                    .then(|| vestibule::session::RefreshToken::new(format!("1-{generation}"))),
                id_token: None,
                received_at,
                expires_at,
            },
            user: has_user.then(|| serde_json::json!({ "email": "a" })),
            only_here: false,
        },
    )
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let grant = (timestamp(), any::<bool>()).prop_map(|(expires_at, has_refresh_token)| {
        let body = serde_json::json!({
            "access_token": "at-new",
            "refresh_token": has_refresh_token.then_some("rt-new"),
            "expires_in": expires_at.0 % 1000,
        });
        let config = config();
        let ask = vestibule::session::Ask::SignIn { form: Form::default(), challenge: None };
        let answer = Ok(response(200, "application/json", &body.to_string()));
        vestibule::session::protocol::read(&config, &ask, &config.provider.sign_in, answer, START)
    });
    let retry_at = || proptest::option::of(timestamp());
    prop_oneof![
        3 => grant,
        1 => Just(Outcome::Challenged(Challenged(serde_json::json!({})))),
        1 => Just(Outcome::User(serde_json::json!({ "email": "b" }))),
        1 => Just(Outcome::Revoked),
        1 => Just(Outcome::Refused),
        1 => Just(Outcome::Ended),
        1 => retry_at().prop_map(|retry_at| Outcome::Later { retry_at }),
        1 => retry_at().prop_map(|retry_at| Outcome::RateLimited { retry_at }),
        1 => retry_at().prop_map(|retry_at| Outcome::Failing { retry_at }),
        1 => Just(Outcome::Unintelligible { detail: String::new() }),
        1 => Just(Outcome::Walled),
        1 => Just(Outcome::Offline),
        1 => Just(Outcome::Unreachable),
        1 => Just(Outcome::TimedOut),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let stored = || proptest::option::of(session());
    let caller = || (0..4_u32).prop_map(CallerId);
    let jitter = || any::<u8>().prop_map(Jitter);
    prop_oneof![
        stored().prop_map(|stored| Event::Started { stored }),
        any::<bool>().prop_map(|only_here| Event::SignInSubmitted { form: Form::default(), only_here }),
        Just(Event::ChallengeAbandoned),
        (0..8_u32, prop_oneof![Just(Timestamp::default()), timestamp()], outcome(), jitter()).prop_map(
            |(serial, signed_in_at, outcome, jitter)| Event::Responded {
                request: RequestId { serial, signed_in_at },
                outcome,
                jitter
            }
        ),
        (stored(), timestamp()).prop_map(|(stored, not_before)| Event::LockAcquired { stored, not_before }),
        jitter().prop_map(|jitter| Event::LockUnavailable { jitter }),
        Just(Event::StoreSettled { settled: Settled::Done }),
        Just(Event::StoreSettled { settled: Settled::InMemory }),
        stored().prop_map(|stored| Event::StoreSettled { settled: Settled::Conflict { stored } }),
        caller().prop_map(|caller| Event::AccessTokenRequested { caller }),
        (caller(), 0..5_u64).prop_map(|(caller, generation)| Event::AccessTokenRejected {
            caller,
            access_token: AccessToken::new(format!("at-{generation}"))
        }),
        stored().prop_map(|stored| Event::StorageChanged { stored }),
        Just(Event::Woke),
        Just(Event::Hidden),
        Just(Event::Shown),
        Just(Event::WentOnline),
        Just(Event::SignOutRequested),
        Just(Event::ActivityNoticed),
        timestamp().prop_map(|at| Event::ActivityHeardOf { at }),
        Just(Event::StayRequested),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn advance_never_panics_and_a_closed_gate_shows_nobody(
        events in proptest::collection::vec((event(), timestamp()), 0..40),
        idle_timeout_ms in proptest::option::of(0..1_000_000_u64),
    ) {
        let mut session = Session::new(Rules { idle_timeout_ms, ..Rules::of(&config()) });
        for (event, now) in events {
            let is_sign_out = event == Event::SignOutRequested;
            let _ = session.advance(event, now);
            let view = session.view();
            prop_assert!(view.gate != Gate::Closed || (view.user.is_none() && view.session.is_none()));
            prop_assert!(!is_sign_out || view.gate != Gate::Open);
            // Whoever is woken has nothing left to do now: no loop.
            let _ = session.advance(Event::Woke, now);
            prop_assert!(session.next_wake(now).is_none_or(|at| at > now));
        }
    }
}

/// One step of a random life in a world whose provider rotates and detects reuse.
#[derive(Clone, Debug)]
enum Step {
    Ask(usize),
    Reject(usize),
    Wake(usize),
    Hide(usize),
    Show(usize),
    Reload(usize),
    SignIn(usize),
    SignOut(usize),
    Pass(u64),
    Fault(u8),
    Deliver,
    AnswerAll,
}

fn step() -> impl Strategy<Value = Step> {
    let tab = || 0..3_usize;
    prop_oneof![
        1 => tab().prop_map(Step::Ask),
        1 => tab().prop_map(Step::Reject),
        1 => tab().prop_map(Step::Wake),
        1 => tab().prop_map(Step::Hide),
        1 => tab().prop_map(Step::Show),
        1 => tab().prop_map(Step::SignIn),
        1 => tab().prop_map(Step::SignOut),
        1 => tab().prop_map(Step::Reload),
        1 => (1..700_u64).prop_map(Step::Pass),
        1 => any::<u8>().prop_map(Step::Fault),
        3 => Just(Step::Deliver),
        3 => Just(Step::AnswerAll),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_life_of_three_tabs_presents_a_refresh_token_twice_or_outlives_a_sign_out(steps in proptest::collection::vec(step(), 0..60)) {
        let mut world = World::signed_in(3);
        for step in steps {
            match step {
                Step::Ask(tab) => { world.ask(tab); }
                Step::Reject(tab) => {
                    if world.tabs[tab].session.signed_in().is_some() {
                        let token = world.token(tab);
                        world.reject(tab, &token);
                    }
                }
                Step::Wake(tab) => world.dispatch(tab, Event::Woke),
                Step::Hide(tab) => world.dispatch(tab, Event::Hidden),
                Step::Show(tab) => world.dispatch(tab, Event::Shown),
                Step::SignIn(tab) => world.sign_in(tab, "ada", "correct"),
                Step::SignOut(tab) => {
                    let was_signed_in = world.tabs[tab].session.signed_in().is_some();
                    world.sign_out(tab);
                    prop_assert!(!was_signed_in || world.storage.is_none());
                }
                // A page that goes away while it refreshes loses the answer: strict reuse detection
                // must then end the session, which is another test. Here nothing is under way.
                Step::Reload(tab) => {
                    world.run();
                    world.reload(tab);
                }
                Step::Pass(seconds) => world.pass(seconds),
                Step::Fault(kind) => world.provider.faults.push_back(match kind % 5 {
                    0 => json(500, ""),
                    1 => json(429, ""),
                    2 => Fault::NoAnswer(HttpFailure::Unreachable),
                    3 => Fault::Answer(response(200, "text/html", "<p>")),
                    _ => json(200, ""),
                }),
                Step::Deliver => world.deliver(),
                Step::AnswerAll => world.answer_all(),
            }
        }
        world.provider.faults.clear();
        for tab in 0..3 {
            world.dispatch(tab, Event::Shown);
        }
        world.run();
        world.live(120);
        prop_assert_eq!(world.provider.reuses, 0);
        prop_assert!(world.lock_is_free());
        let shown: Vec<_> = world.tabs.iter().map(|tab| tab.session.signed_in().cloned()).collect();
        for session in shown {
            prop_assert_eq!(&session, &world.storage, "every tab settles on what storage says");
        }
    }
}
