//! Two numbers that only a browser can tell, on standard output, for `cargo xtask bench`.
//!
//! ```text
//! requests to the first usable form: N
//! refreshes for 50 concurrent calls with an expired token: N
//! ```
//!
//! The second must be 1, or this fails. The icon is not counted in the first: the browser asks for it when it
//! likes, and as often, and no form waits for it.

use end_to_end::dialect::{Dialect, add_a_page_of_tables};
use end_to_end::stage::{Setup, play};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

const CALLS: usize = 50;

fn main() -> ExitCode {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open("/").await;
        stage.wait_for_login().await;
        let mut asked = stage.site.asked();
        asked.retain(|line| !line.contains("/favicon"));
        println!("requests to the first usable form: {}", asked.len());
        for line in asked {
            println!("  {line}");
        }
    });

    let refreshes = AtomicU64::new(0);
    let setup = Setup::of(Dialect::Supabase).edit(|config| add_a_page_of_tables(config, CALLS));
    play(setup, async |stage| {
        stage.open_signed_in().await;
        stage.provider.expire_access_tokens().await;
        stage.provider.clear_counts();
        stage.browser.click("nav a[href$=\"/many\"]").await;
        stage.browser.wait_for_count("main tbody tr", CALLS).await;
        refreshes.store(stage.provider.counts().refresh, Ordering::Relaxed);
    });
    let refreshes = refreshes.into_inner();
    println!("refreshes for {CALLS} concurrent calls with an expired token: {refreshes}");
    if refreshes == 1 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
