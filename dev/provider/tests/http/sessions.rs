//! What holds for a session in every dialect: rotation, reuse, lifetimes, and refusals that tell nothing.

use std::thread;
use std::time::Duration;

use demo_provider::{DEMO_USERS, Options};

use crate::world::{DIALECTS, Dialect, EMAIL, PASSWORD, World, claims};

#[test]
fn every_demo_user_signs_in_in_every_dialect_and_is_who_they_are() {
    let world = World::new();
    for user in DEMO_USERS {
        for dialect in DIALECTS {
            let tokens = dialect.tokens(&world.sign_in(dialect, user.email, user.password));
            let me = world.get("/api/me").bearer(&tokens.access).send().json();
            assert_eq!([&me["email"], &me["name"], &me["role"]], [user.email, user.name, user.role]);
        }
    }
}

#[test]
fn an_access_token_names_its_user_its_times_itself_and_its_session() {
    let world = World::new();
    for dialect in DIALECTS {
        let first = world.signed_in(dialect);
        let before = claims(&first.access);
        let after = claims(&dialect.tokens(&world.refresh(dialect, &first.refresh)).access);
        for claim in ["sub", "email", "role", "iat", "exp", "jti", "sid"] {
            assert!(!before[claim].is_null(), "{claim}");
        }
        assert_eq!([&before["email"], &before["role"]], [EMAIL, "member"]);
        assert_eq!(before["sid"], after["sid"]);
        assert_ne!(before["jti"], after["jti"]);
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_answered_alike() {
    let world = World::new();
    for dialect in DIALECTS {
        let mut wrong = world.sign_in(dialect, EMAIL, "wrong");
        let mut unknown = world.sign_in(dialect, "nobody@example.com", PASSWORD);
        for answer in [&mut wrong, &mut unknown] {
            answer.headers.retain(|(name, _)| name != "date");
        }
        assert!(matches!(wrong.status, 400 | 401));
        assert_eq!(wrong.status, unknown.status);
        assert_eq!(wrong.headers, unknown.headers);
        assert_eq!(wrong.body, unknown.body);
    }
    assert_eq!(world.provider.counts().logins_ok, 0);
}

#[test]
fn a_refresh_gives_new_tokens_and_leaves_the_old_access_token_good() {
    let world = World::new();
    for dialect in DIALECTS {
        let first = world.signed_in(dialect);
        let second = dialect.tokens(&world.refresh(dialect, &first.refresh));
        let third = dialect.tokens(&world.refresh(dialect, &second.refresh));
        assert_ne!(first.refresh, second.refresh);
        assert_ne!(second.refresh, third.refresh);
        for tokens in [&first, &second, &third] {
            assert_eq!(world.api_status(&tokens.access), 200);
        }
    }
}

#[test]
fn a_reused_refresh_token_ends_its_whole_family_and_the_access_tokens_of_it() {
    let world = World::new();
    for dialect in DIALECTS {
        let bystander = world.signed_in(dialect);
        let first = world.signed_in(dialect);
        let second = dialect.tokens(&world.refresh(dialect, &first.refresh));
        world.provider.clear_counts();

        let reused = world.refresh(dialect, &first.refresh);
        assert!(matches!(reused.status, 400 | 401), "{dialect:?}");
        assert_eq!(world.provider.counts().reuse, 1);
        assert_eq!(world.api_status(&first.access), 401);
        assert_eq!(world.api_status(&second.access), 401);
        assert_eq!(world.refresh(dialect, &second.refresh).status, reused.status);
        assert_eq!(world.provider.counts().refresh_ok, 0);

        assert_eq!(world.api_status(&bystander.access), 200);
        assert_eq!(world.refresh(dialect, &bystander.refresh).status, 200);
    }
}

#[test]
fn of_many_refreshes_with_one_token_at_once_a_single_one_succeeds() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.provider.clear_counts();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| world.refresh(dialect, &tokens.refresh));
            }
        });
        let counts = world.provider.counts();
        assert_eq!((counts.refresh, counts.refresh_ok, counts.reuse), (8, 1, 7));
    }
}

#[test]
fn signing_out_takes_effect_on_the_api_at_once() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        assert_eq!(world.api_status(&tokens.access), 200);
        assert!(matches!(world.revoke(dialect, &tokens).status, 200 | 204));
        assert_eq!(world.api_status(&tokens.access), 401);
        assert!(matches!(world.refresh(dialect, &tokens.refresh).status, 400 | 401));
    }
    assert_eq!(world.provider.counts().revoke, 3);
}

#[test]
fn an_access_token_is_good_for_its_lifetime_and_no_longer() {
    let ttl = Duration::from_secs(60);
    let world = World::with(Options { access_ttl: ttl, ..Options::default() });
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.pass(50);
        assert_eq!(world.api_status(&tokens.access), 200);
        world.pass(10);
        assert_eq!(world.api_status(&tokens.access), 401);
        let refreshed = dialect.tokens(&world.refresh(dialect, &tokens.refresh));
        assert_eq!(world.api_status(&refreshed.access), 200);
        let claims = claims(&refreshed.access);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
    }
}

#[test]
fn a_refresh_token_that_is_not_used_in_its_lifetime_ends_the_session_and_is_no_reuse() {
    let ttl = Duration::from_secs(600);
    let world = World::with(Options { refresh_ttl: ttl, ..Options::default() });
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.pass(590);
        let tokens = dialect.tokens(&world.refresh(dialect, &tokens.refresh));
        world.pass(600);
        let expired = world.refresh(dialect, &tokens.refresh);
        assert!(matches!(expired.status, 400 | 401));
    }
    assert_eq!(world.provider.counts().reuse, 0);
}

#[test]
fn a_refresh_token_of_one_dialect_is_unknown_in_the_others() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::OAuth2);
    for dialect in [Dialect::GoTrue, Dialect::SimpleJwt] {
        assert!(matches!(world.refresh(dialect, &tokens.refresh).status, 400 | 401));
    }
    assert_eq!(world.refresh(Dialect::OAuth2, &tokens.refresh).status, 200);
}

#[test]
fn user_names_are_found_in_any_case_and_passwords_are_taken_as_they_are() {
    let world = World::new();
    for dialect in DIALECTS {
        assert_eq!(world.sign_in(dialect, "Demo@Example.com", PASSWORD).status, 200);
        for wrong in ["Correct-Horse", " correct-horse", "correct-horse ", "correct-horse\0", "пароль"] {
            assert_ne!(world.sign_in(dialect, EMAIL, wrong).status, 200, "{wrong:?}");
        }
    }
}
