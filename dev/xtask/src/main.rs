//! `cargo xtask`: every command of the project, and whatever that command needs first.
//!
//! A command is one function that returns when its work is done. Whoever calls it has rustup's
//! Rust and nothing else; [`tools`] and [`browsers`] bring the rest, once per machine.
//!
//! ```text
//! serve ------.
//! build ------+--> app (trunk, wasm-opt) --> tools (cache, PATH)
//! check ------+        |
//! bench ------+--> sizes (what the first load fetches)
//! gallery ----+
//! test -------'--> browsers, chromium (a browser and its driver), servers (real ones to sign in to), nginx
//! ```
//!
//! Progress goes to the standard error output, results to the standard output.

mod app;
mod base;
mod bench;
mod browsers;
mod check;
mod chromium;
mod compress;
mod crates;
mod deny;
mod gallery;
mod glue;
mod headers;
mod hints;
mod layout;
mod names;
mod nginx;
mod oidc;
mod operator;
mod order;
mod presets;
mod process;
mod react;
mod reproduce;
mod sbom;
mod schema;
mod sections;
mod serve;
mod servers;
mod setup;
mod shims;
mod shrink;
mod sizes;
mod split;
mod test;
mod texts;
mod tools;
mod version;

use anyhow::{Result, bail};
use std::process::ExitCode;

const HELP: &str = "\
The commands of Vestibule. Each installs what it needs and says so; the second time it is quick.

Usage: cargo xtask COMMAND

  serve [--open] [--setup] [--port N]
                              The app on http://127.0.0.1:8080 beside the demo provider,
                              rebuilt at every change. Ctrl-C ends both.
                                --open    opens the browser when the page answers
                                --setup   serves the setup page in place of the app
                                --port N  another port than 8080
  test [LAYER...] [--browser NAME]
                              The tests; without a name all layers, in this order:
                                host        pure code and the dev tools
                                tabs        every order of what can happen to several tabs
                                fuzz        millions of cases for whatever reads what others wrote
                                browser     floors 2 and 3 in a headless browser
                                end-to-end  the release build against the demo provider and real servers
                              In another browser than Chromium, the layers that differ in it:
                                --browser firefox  browser and end-to-end
                                --browser webkit   end-to-end, in WebKitGTK
  build                       The release build, optimised, in dist/, with its bill of materials (sbom.cdx.json)
  reproduce [--as-built]      Builds it in two other places, which must give the same files to the byte
                                --as-built  in one, and compares with dist/ as it is
  check                       Lock file, format, lints, documents, layout, dependencies, config files, size budget
  bench [PART...] [--runs N] [--as-built] [--write]
                              What a person waits for; without a name all parts, in this order:
                                sizes       what the first load weighs
                                counts      requests and refreshes, in a browser
                                browser     times, beside a plain form and a React app, all made slow
                                crates      the app's WebAssembly by the crates that wrote it
                                --runs N    so many visits of each page in place of 7
                                --as-built  measures dist/ as it is
                                --write     writes docs/bench.md too
  gallery [--as-built] [--readme]
                              Pictures of every state of the app on one page, target/gallery/index.html
                                --as-built  of dist/ as it is
                                --readme    the four that README.md shows go into docs/
  check-config FILE...        Every mistake in a config.json, without a browser
  headers --config FILE --for HOST [--base /sub/app/] [--also ORIGIN]... [--folder FOLDER] [--front-channel]
                              All that a host needs to serve dist/ with that config: headers, fallback, caching
                                --for HOST         nginx, caddy, apache, netlify, cloudflare, or meta: in the page
                                --base PATH        where the app lies, if not at the root
                                --also ORIGIN      whom the app may talk to besides those in the config
                                --folder FOLDER    where dist/ lies on the host
                                --front-channel    lets the provider sign people out in a frame of its own
  schema                      Writes the schemas in public/, which editors check a config and a preset against
  texts                       Writes public/texts/en.json, which other languages are translated from; the texts of the
                              painted form in index.html; and the schemas, which name all texts

Environment:
  VESTIBULE_FUZZ    so many times as many cases as a plain `cargo test` tries, for `test fuzz` (default: 500)
  VESTIBULE_SEED    draws others, for `test tabs` and `test fuzz` (default: 1)
  VESTIBULE_TOOLS   where tools are kept (default: vestibule/tools in the user's cache directory)
  CHROME            the Chromium or Chrome to test with (default: found on PATH)
  CHROMEDRIVER      its driver (default: found on PATH)
  VESTIBULE_NGINX   the nginx to test with (default: found, or unpacked from Debian's package)
  FIREFOX, GECKODRIVER, WEBKIT_DRIVER, MINI_BROWSER, XVFB   the same for the other browsers
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let asks_for_help = |argument: &String| argument == "--help" || argument == "-h";
    if command == "help" || arguments.iter().any(asks_for_help) {
        print!("{HELP}");
        return Ok(());
    }
    match command.as_str() {
        "serve" => serve::serve(serve::Wish::read(rest)?),
        "test" => test::test(&test::Wish::read(rest)?),
        "build" => no_arguments(command, rest).and_then(|()| app::build().map(drop)),
        "reproduce" => reproduce::reproduce(rest),
        "check" => no_arguments(command, rest).and_then(|()| check::check()),
        "bench" => bench::bench(&bench::Wish::read(rest)?),
        "gallery" => gallery::gallery(gallery::Wish::read(rest)?),
        "check-config" => check::check_config(rest),
        "headers" => headers::print(rest),
        "schema" => no_arguments(command, rest).and_then(|()| schema::write()),
        "texts" => no_arguments(command, rest).and_then(|()| texts::write()),
        unknown => bail!("there is no command `{unknown}`; `cargo xtask --help` lists them"),
    }
}

fn no_arguments(command: &str, rest: &[String]) -> Result<()> {
    match rest.first() {
        None => Ok(()),
        Some(extra) => bail!("`{command}` takes no arguments, found `{extra}`"),
    }
}
