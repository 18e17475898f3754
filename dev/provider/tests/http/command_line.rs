//! The program itself: what it prints, and what it refuses.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_demo-provider"))
}

fn refused(arguments: &[&str]) -> (Output, String) {
    let output = program().args(arguments).output().unwrap();
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    (output, error)
}

#[test]
fn when_it_is_ready_it_prints_where_it_listens_and_then_the_demo_users() {
    let mut running = program()
        .args(["--port", "0", "--quiet", "--access-ttl=5", "--fault", "api:delay:5:1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> =
        BufReader::new(running.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    let address = lines[0].strip_prefix("demo provider listening on http://").unwrap();
    let answers = TcpStream::connect(address).is_ok();
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(answers);
    assert!(lines[1].contains("demo@example.com") && lines[1].contains("correct-horse"));
    assert!(lines[2].contains("admin@example.com") && lines[2].contains("battery-staple"));
}

#[test]
fn an_address_that_is_not_loopback_is_refused_with_the_reason() {
    for host in ["0.0.0.0", "::", "192.168.1.1"] {
        let (_, error) = refused(&["--port", "0", "--host", host]);
        assert!(error.contains("loopback only") && error.contains(host), "{error}");
    }
    let (_, error) = refused(&["--host", "app.example"]);
    assert!(error.contains("app.example"), "{error}");
}

#[test]
fn arguments_that_make_no_sense_are_refused_by_name() {
    for (arguments, named) in [
        (&["--prot", "1"][..], "--prot"),
        (&["--port"], "--port"),
        (&["--port", "65536"], "65536"),
        (&["--access-ttl", "soon"], "soon"),
        (&["--refresh-ttl=-1"], "-1"),
        (&["--allow-origin", "*"], "`*`"),
        (&["--allow-origin", "http://127.0.0.1:8080/"], "http://127.0.0.1:8080/"),
        (&["--fault", "refresh:explode"], "refresh:explode"),
        (&["--control=yes"], "--control"),
    ] {
        let (output, error) = refused(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
}

#[test]
fn the_usage_names_every_option() {
    let output = program().arg("--help").output().unwrap();
    assert!(output.status.success());
    let usage = String::from_utf8(output.stdout).unwrap();
    for option in [
        "--port",
        "--host",
        "--database",
        "--allow-origin",
        "--access-ttl",
        "--refresh-ttl",
        "--control",
        "--fault",
        "--quiet",
    ] {
        assert!(usage.contains(option), "{option}");
    }
}
