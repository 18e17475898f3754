//! Starting, stopping, coming back, and what the log says.

use std::net::{Ipv4Addr, Ipv6Addr, TcpStream};
use std::path::PathBuf;

use demo_provider::{Options, Provider, StartError};
use serde_json::json;

use crate::world::{DIALECTS, Dialect, EMAIL, PASSWORD, World};

#[test]
fn an_address_that_is_not_loopback_is_refused() {
    for host in [
        Ipv4Addr::UNSPECIFIED.into(),
        Ipv4Addr::new(192, 168, 0, 1).into(),
        Ipv6Addr::UNSPECIFIED.into(),
        Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(),
    ] {
        let refused = Provider::start(Options { host, quiet: true, ..Options::default() });
        assert!(matches!(refused, Err(StartError::NotLoopback(refused)) if refused == host));
    }
}

#[test]
fn a_port_that_is_taken_is_named_in_the_error() {
    let world = World::new();
    let port = world.provider.address().port();
    let refused = Provider::start(Options { port, ..Options::default() });
    let error = refused.err().unwrap().to_string();
    assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
}

#[test]
fn a_dropped_provider_has_freed_its_port_even_with_a_request_under_way() {
    let world = World::new();
    let address = world.provider.address();
    world.fault(&json!({ "at": "api", "kind": "delay", "ms": 600_000 }));
    world.get("/api/me").send_and_leave();
    drop(world);
    assert!(TcpStream::connect(address).is_err());
    let again = World::with(Options { port: address.port(), ..Options::default() });
    assert_eq!(again.api_status("junk"), 401);
}

#[test]
fn with_a_database_file_sessions_outlive_a_restart() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("restart-{}.db", std::process::id()));
    let start = || World::with(Options { database: Some(file.clone()), ..Options::default() });
    let world = start();
    let sessions = DIALECTS.map(|dialect| (dialect, world.signed_in(dialect)));
    drop(world);

    let world = start();
    for (dialect, tokens) in sessions {
        assert_eq!(world.api_status(&tokens.access), 200);
        assert_eq!(world.refresh(dialect, &tokens.refresh).status, 200);
        assert_ne!(world.refresh(dialect, &tokens.refresh).status, 200, "still good once only");
    }
    drop(world);
    for end in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{end}", file.display())).ok();
    }
}

#[test]
fn a_database_that_cannot_be_opened_is_named_in_the_error() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-such-directory/demo.db");
    let refused = Provider::start(Options { database: Some(file), ..Options::default() });
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("no-such-directory"), "{error}");
}

#[test]
fn tokens_of_one_provider_are_worth_nothing_to_another() {
    let (one, other) = (World::new(), World::new());
    let tokens = one.signed_in(Dialect::OAuth2);
    assert_eq!(other.api_status(&tokens.access), 401);
    assert_eq!(other.refresh(Dialect::OAuth2, &tokens.refresh).status, 400);
}

#[test]
fn the_log_has_every_request_and_its_outcome_and_no_secret() {
    let world = World::new();
    let mut secrets = vec![PASSWORD.to_owned(), "mistyped".to_owned(), EMAIL.to_owned()];
    world.fault(&json!({ "at": "user", "kind": "drop", "times": 1 }));
    for dialect in DIALECTS {
        world.sign_in(dialect, EMAIL, "mistyped");
        let first = world.signed_in(dialect);
        let second = dialect.tokens(&world.refresh(dialect, &first.refresh));
        world.get(&format!("/oauth/userinfo?access_token={}", second.access)).try_send();
        world.revoke(dialect, &second);
        world.refresh(dialect, &first.refresh);
        secrets.extend([first.access, first.refresh, second.access, second.refresh]);
    }
    let log = world.provider.log();
    for expected in [
        "POST /auth/v1/token 200 ",
        "POST /auth/v1/token 400 ",
        "POST /auth/v1/logout 204 ",
        "POST /oauth/revoke 200 ",
        "POST /api/token/refresh/ 401 ",
        "GET /oauth/userinfo no answer ",
        "(fault: drop)",
        "used twice",
    ] {
        assert!(log.iter().any(|line| line.contains(expected)), "{expected}: {log:#?}");
    }
    for secret in secrets {
        assert!(!log.iter().any(|line| line.contains(&secret)), "{secret} in {log:#?}");
    }
}

#[test]
fn a_body_that_is_far_too_large_is_refused() {
    let world = World::new();
    let answer = world.post("/api/token/").json(&json!({ "username": "a".repeat(60 * 1024 + 5000) }));
    assert_eq!(answer.send().status, 413);
}
