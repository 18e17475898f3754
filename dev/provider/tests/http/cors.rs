//! What pages of other origins may do.

use demo_provider::Options;
use serde_json::json;

use crate::world::{Answer, World};

const OWN: &str = "http://127.0.0.1:8080";

fn preflight(world: &World, origin: &str, path: &str) -> Answer {
    world
        .ask("OPTIONS", path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "apikey,authorization,content-type")
        .send()
}

#[test]
fn a_listed_origin_passes_the_preflight_of_every_endpoint() {
    let world = World::new();
    for origin in [OWN, "http://localhost:8080"] {
        for path in ["/auth/v1/token", "/oauth/token", "/api/token/", "/api/orders", "/_control/faults"] {
            let answer = preflight(&world, origin, path);
            assert_eq!(answer.status, 204);
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, DELETE"));
            let headers = answer.header("access-control-allow-headers");
            assert_eq!(headers, Some("apikey,authorization,content-type"));
        }
    }
    let counts = world.provider.counts();
    assert_eq!((counts.sign_in, counts.refresh, counts.api), (0, 0, 0));
}

#[test]
fn a_listed_origin_may_read_answers_and_their_retry_after_but_send_no_cookies() {
    let world = World::new();
    world.fault(&json!({ "at": "api", "kind": "rate_limit", "retry_after": 7, "times": 1 }));
    for status in [429, 401] {
        let answer = world.get("/api/me").header("Origin", OWN).send();
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(OWN));
        assert_eq!(answer.header("access-control-expose-headers"), Some("Retry-After"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}

#[test]
fn no_other_origin_is_let_in_however_close_it_looks() {
    let world = World::new();
    for origin in [
        "https://evil.example",
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:80800",
        "http://127.0.0.1:8080.evil.example",
        "http://127.0.0.1:8080/",
        "null",
    ] {
        let refused = preflight(&world, origin, "/oauth/token");
        assert_eq!(refused.status, 403, "{origin}");
        let plain = world.get("/api/me").header("Origin", origin).send();
        for answer in [refused, plain] {
            assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
            assert_eq!(answer.header("access-control-allow-headers"), None, "{origin}");
            assert_eq!(answer.header("vary"), Some("Origin"));
        }
    }
}

#[test]
fn configured_origins_replace_the_own_ones() {
    let allow_origins = vec!["https://app.example".parse().unwrap()];
    let world = World::with(Options { allow_origins, ..Options::default() });
    assert_eq!(preflight(&world, "https://app.example", "/oauth/token").status, 204);
    assert_eq!(preflight(&world, OWN, "/oauth/token").status, 403);
}
