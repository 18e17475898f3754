//! The protected API.

use serde_json::Value;

use crate::world::{Dialect, World};

#[test]
fn orders_come_two_hundred_at_a_time_unless_told_otherwise() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::GoTrue);
    let rows = |query: &str| {
        let answer = world.get(&format!("/api/orders{query}")).bearer(&tokens.access).send();
        (answer.status, answer.json().as_array().map(Vec::len))
    };
    assert_eq!(rows(""), (200, Some(200)));
    assert_eq!(rows("?rows=3"), (200, Some(3)));
    assert_eq!(rows("?rows=0"), (200, Some(0)));
    assert_eq!(rows("?rows=10000"), (200, Some(10_000)));
    for bad in ["?rows=10001", "?rows=-1", "?rows=many", "?rows="] {
        assert_eq!(rows(bad), (400, None), "{bad}");
    }
}

#[test]
fn an_order_has_all_that_a_table_shows_and_is_the_same_alone_as_in_the_list() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::GoTrue);
    let get = |path: &str| world.get(path).bearer(&tokens.access).send();
    let first = get("/api/orders").json()[0].clone();
    let columns: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = ["id", "customer", "status", "total", "currency", "placed_at"];
    expected.sort_unstable();
    let mut found = columns;
    found.sort_unstable();
    assert_eq!(found, expected);
    assert!(first["total"].is_f64());
    assert_eq!(get(&format!("/api/orders/{}", first["id"])).json(), first);
    assert_eq!(get("/api/orders/1").status, 404);
    assert_eq!(get("/api/orders/first").status, 404);
}

#[test]
fn the_orders_are_the_same_in_every_run() {
    let list = || {
        let world = World::new();
        let tokens = world.signed_in(Dialect::GoTrue);
        world.get("/api/orders").bearer(&tokens.access).send().json()
    };
    assert_eq!(list(), list());
}

#[test]
fn no_endpoint_answers_without_a_good_access_token() {
    let world = World::new();
    for path in ["/api/orders", "/api/orders/1001", "/api/me"] {
        let missing = world.get(path).send();
        assert_eq!((missing.status, missing.header("www-authenticate")), (401, Some("Bearer realm=\"demo\"")));
        let tokens = world.signed_in(Dialect::OAuth2);
        for bad in ["junk", &tokens.refresh, &tokens.access[1..]] {
            let answer = world.get(path).bearer(bad).send();
            assert_eq!((answer.status, &answer.json()["error"]), (401, &Value::from("invalid_token")));
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Bearer realm=\"demo\", error=\"invalid_token\""), "{challenge}");
        }
        let basic = world.get(path).header("Authorization", &format!("Basic {}", tokens.access)).send();
        assert_eq!(basic.status, 401);
        let lower = world.get(path).header("Authorization", &format!("bearer {}", tokens.access)).send();
        assert_eq!(lower.status, 200);
    }
    let counts = world.provider.counts();
    assert_eq!((counts.api, counts.api_401), (18, 15));
}

#[test]
fn an_access_token_with_other_claims_is_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let world = World::new();
    let tokens = world.signed_in(Dialect::OAuth2);
    let mut claims = crate::world::claims(&tokens.access);
    claims["role"] = "admin".into();
    let parts: Vec<_> = tokens.access.split('.').collect();
    let forged = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2]);
    assert_eq!(world.api_status(&forged), 401);
}
