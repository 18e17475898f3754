//! `demo-provider`: starts the provider as the command line says, tells where it is, and serves until the
//! process is ended.
//!
//! Standard output has the ready line, then the demo users; requests are logged to standard error.

use std::io::{self, Write as _, stdout};
use std::process::ExitCode;

use demo_provider::{DEMO_USERS, Invocation, Provider, Running, USAGE, parse};

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(Invocation::Serve(options)) => options,
        Ok(Invocation::Help) => {
            drop(stdout().write_all(USAGE.as_bytes()));
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("demo-provider: {error}");
            return ExitCode::from(2);
        }
    };
    let running = match Provider::start(options) {
        Ok(running) => running,
        Err(error) => {
            eprintln!("demo-provider: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Whoever started us may not read on; that is no reason to stop serving.
    drop(announce(&running));
    running.wait();
    ExitCode::SUCCESS
}

fn announce(running: &Running) -> io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "demo provider listening on {}", running.base_url())?;
    for user in DEMO_USERS {
        writeln!(out, "  {} / {} ({}, {})", user.email, user.password, user.name, user.role)?;
    }
    out.flush()
}
