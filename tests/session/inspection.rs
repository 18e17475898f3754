//! What an operator may see: how things stand, and never a secret.

use crate::world::{LIFETIME_S, World, config_from, json};
use vestibule::session::{Event, Finding, Trail};

fn found(findings: &[Finding], what: &str) -> Option<String> {
    findings.iter().find(|(name, _)| *name == what).map(|(_, found)| found.clone())
}

fn inspect(world: &World, tab: usize) -> Vec<Finding> {
    world.tabs[tab].session.inspect(world.now)
}

#[test]
fn the_panel_tells_the_state_and_counts_down() {
    let mut world = World::new(1);
    assert_eq!(found(&inspect(&world, 0), "State").unwrap(), "starting");
    world.start(0);
    assert_eq!(found(&inspect(&world, 0), "State").unwrap(), "signed out");
    world.sign_in(0, "ada", "correct");
    assert_eq!(found(&inspect(&world, 0), "State").unwrap(), "signing in");
    world.run();
    world.pass(65);
    let findings = inspect(&world, 0);
    assert_eq!(found(&findings, "State").unwrap(), "signed in");
    assert_eq!(found(&findings, "Signed in").unwrap(), "1:05 ago");
    assert_eq!(found(&findings, "Access token expires").unwrap(), "in 8:55");
    assert_eq!(found(&findings, "Refresh").unwrap(), "idle");
    assert_eq!(found(&findings, "Next look at the clock").unwrap(), "in 7:55");
}

#[test]
fn the_panel_tells_what_a_refresh_is_doing_and_how_often_it_failed() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S - 60);
    world.provider.faults.push_back(json(503, "{}"));
    world.dispatch(0, Event::Woke);
    world.deliver();
    assert_eq!(found(&inspect(&world, 0), "Refresh").unwrap(), "in flight");
    world.run();
    let findings = inspect(&world, 0);
    assert_eq!(found(&findings, "Refresh").unwrap(), "backs off");
    assert_eq!(found(&findings, "Failed in a row").unwrap(), "1");
}

#[test]
fn the_panel_tells_the_ends_that_the_config_sets() {
    let config = config_from(|file| {
        file["session"] = serde_json::json!({ "idle_timeout_s": 900, "max_age_s": 7200 });
    });
    let world = World::signed_in_with(1, config);
    let findings = inspect(&world, 0);
    assert_eq!(found(&findings, "Idle timeout").unwrap(), "in 15:00");
    assert_eq!(found(&findings, "Maximum age").unwrap(), "in 2:00:00");
}

#[test]
fn no_secret_and_nobodys_name_is_ever_in_it() {
    let mut world = World::signed_in(1);
    let mut trail = Trail::default();
    let token = world.token(0);
    world.reject(0, &token);
    world.run();
    let stored = world.storage.clone();
    trail.hear(&Event::StorageChanged { stored: stored.clone() }, world.now);
    trail.hear(&Event::Started { stored }, world.now);
    let mut findings = inspect(&world, 0);
    findings.extend(trail.findings(world.now));
    let text = format!("{findings:?}");
    let session = world.storage.unwrap();
    let refresh_token = session.tokens.refresh_token.unwrap();
    for secret in [session.tokens.access_token.expose(), refresh_token.expose(), "ada", "north"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains("StorageChanged"), "{text}");
}

#[test]
fn the_last_events_are_told_newest_first_and_repetitions_once() {
    let world = World::new(1);
    let mut trail = Trail::default();
    for _ in 0..20 {
        trail.hear(&Event::Hidden, world.now);
        trail.hear(&Event::Shown, world.now);
    }
    for _ in 0..3 {
        trail.hear(&Event::Woke, world.now);
    }
    let findings = trail.findings(world.now.after_ms(5000));
    assert_eq!(findings[0], ("Woke", "3 times, last 0:05 ago".to_owned()));
    assert_eq!(findings[1], ("Shown", "0:05 ago".to_owned()));
    assert_eq!(findings.len(), 12);
}
