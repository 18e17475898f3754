//! What a person waits for: three login pages in one browser that is made slow, on a network that is made slow.
//!
//! ```text
//! floor      a plain form, static HTML with one style sheet   dev/bench/floor/
//! Vestibule  dist/
//! React      React, react-router and auth-js                  dev/bench/react/
//! ```
//! All three are served by one program with the same headers, and sign in to the same demo provider; the floor only sends its
//! form away. The runs of the pages alternate, so that noise hits all alike. `cargo xtask bench` builds what is needed and
//! calls this:
//!
//! ```text
//! bench --dist FOLDER --react FOLDER [--runs N] [--traces FOLDER]
//! ```
//! The results go to the standard output as Markdown, the traces to files that Chromium's developer tools open. No time makes this fail: a machine may be busy. A layout shift does.
//!
//! What is *not* slow here: making a connection (Chromium's emulation delays answers, not handshakes), threads beside the
//! page's main one (on which WebAssembly is compiled), and the server.

mod devtools;
mod figures;
mod host;
mod report;
mod requests;
mod trace;
mod visit;

use anyhow::{Context, Result, bail, ensure};
use demo_provider::{Options, Provider, Running};
use figures::{Figure, Sample};
use host::{Host, Place};
use report::Column;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use visit::{Conditions, Page, Visit, visit};

/// Slower than the machine that this runs on: a phone of the middle class against a computer.
const SLOW_CPU: u8 = 4;

/// Medians of fewer say little.
const RUNS: usize = 7;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let result = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(bench(&arguments)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is measured, and how often.
struct Wish {
    dist: PathBuf,
    react: PathBuf,
    runs: usize,
    /// Where the traces are kept.
    traces: Option<PathBuf>,
}

impl Wish {
    fn read(arguments: &[String]) -> Result<Self> {
        let (mut dist, mut react, mut runs, mut traces) = (None, None, RUNS, None);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--dist" => dist = Some(PathBuf::from(value)),
                "--react" => react = Some(PathBuf::from(value)),
                "--traces" => traces = Some(PathBuf::from(value)),
                "--runs" => runs = value.parse().context("--runs needs a number")?,
                unknown => bail!("there is no option `{unknown}`"),
            }
        }
        ensure!(runs > 0, "no runs, no results");
        Ok(Self { dist: dist.context("--dist is missing")?, react: react.context("--react is missing")?, runs, traces })
    }
}

async fn bench(arguments: &[String]) -> Result<()> {
    let wish = Wish::read(arguments)?;
    let program = end_to_end::driver::chromium();
    let scratch = std::env::temp_dir().join(format!("vestibule-bench-{}", std::process::id()));
    let stage = Stage::set(&wish).await?;
    let result = play(&stage, &program, &scratch, &wish).await;
    let _ = std::fs::remove_dir_all(&scratch);
    result
}

async fn play(stage: &Stage, program: &Path, scratch: &Path, wish: &Wish) -> Result<()> {
    let runs = wish.runs;
    let slow = Conditions { cpu: SLOW_CPU };
    // The first visit warms up the host, and its trace tells what the time goes into.
    let mut spent = Vec::new();
    let mut waterfalls = String::new();
    for page in &stage.pages {
        visit(program, scratch, page, slow, false).await?;
        let Visit { trace, asked, asked_again, window, .. } = visit(program, scratch, page, slow, true).await?;
        spent.push((page.name, trace::read(&trace, &asked, window)));
        if let Some(folder) = &wish.traces {
            let file = folder.join(format!("{}.trace.json", page.name.replace(' ', "-")));
            std::fs::write(&file, serde_json::to_vec(&serde_json::json!({ "traceEvents": trace }))?)?;
        }
        for (when, asked) in [("", &asked), (", reloaded", &asked_again)] {
            if !asked.is_empty() {
                waterfalls += &report::waterfall(&format!("{}{when}", page.name), asked);
                waterfalls.push('\n');
            }
        }
    }
    let measured = measure(stage, program, scratch, slow, runs).await?;
    let quick = measure(stage, program, scratch, Conditions { cpu: 1 }, runs.min(3)).await?;

    println!("## 1.6 Mbit/s down, 750 kbit/s up, 150 ms round trip, CPU {SLOW_CPU} times slower, {runs} runs\n");
    println!("{}", report::figures(&measured.columns));
    let [floor, own, react] = measured.columns.as_slice() else {
        bail!("there are three pages");
    };
    println!("{}", report::targets(floor, own, react));
    for remark in &measured.remarks {
        println!("- {remark}");
    }
    println!("\n## The same network, CPU as it is, {} runs\n", runs.min(3));
    println!("{}", report::figures(&quick.columns));
    println!("## Where the time goes, from one trace each, CPU {SLOW_CPU} times slower\n");
    println!("{}", report::spent(&spent));
    print!("{waterfalls}");
    let shift = own.most(Figure::Shift);
    ensure!(shift == 0.0, "the page shifts under the eyes of whoever looks at it, by {shift:.4}");
    Ok(())
}

struct Measured {
    columns: Vec<Column>,
    remarks: Vec<String>,
}

/// Visits every page so many times, in turn.
async fn measure(
    stage: &Stage,
    program: &Path,
    scratch: &Path,
    conditions: Conditions,
    runs: usize,
) -> Result<Measured> {
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); stage.pages.len()];
    let mut remarks = Vec::new();
    for run in 1..=runs {
        eprintln!("bench: run {run} of {runs}, CPU {} times slower", conditions.cpu);
        for (page, samples) in stage.pages.iter().zip(&mut samples) {
            let visit = visit(program, scratch, page, conditions, false).await?;
            samples.push(visit.sample);
            remarks.extend(visit.shifts.iter().map(|shift| format!("{}: a shift of {shift}", page.name)));
            if visit.has_flashed {
                remarks.push(format!("{}: a reload, signed in, showed the form for a moment", page.name));
            }
        }
    }
    remarks.sort();
    remarks.dedup();
    let columns = stage.pages.iter().zip(samples).map(|(page, samples)| Column { name: page.name, samples });
    Ok(Measured { columns: columns.collect(), remarks })
}

/// The pages, served, and the provider that they sign in to.
struct Stage {
    pages: [Page; 3],
    _hosts: [Host; 3],
    _provider: Running,
}

impl Stage {
    async fn set(wish: &Wish) -> Result<Self> {
        let [floor, own, react] = [Place::take().await?, Place::take().await?, Place::take().await?];
        let origins = [&floor, &own, &react].map(|place| place.origin.parse());
        let origins = origins.into_iter().collect::<Result<_, _>>()?;
        let options = Options { allow_origins: origins, quiet: true, ..Options::default() };
        let provider = Provider::start(options)?;
        let at = provider.base_url();

        let config = std::fs::read_to_string(wish.dist.join("config.json")).context("dist/ has no config.json")?;
        let mut config: serde_json::Value = serde_json::from_str(&config).context("config.json is not JSON")?;
        *config.pointer_mut("/provider/vars/base_url").context("config.json names no provider")? = at.as_str().into();
        let config = HashMap::from([("config.json".to_owned(), config.to_string())]);
        let page = std::fs::read_to_string(wish.react.join("index.html")).context("the React app is not built")?;
        let page = HashMap::from([("index.html".to_owned(), page.replace("PROVIDER", &at))]);

        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let hosts = [
            floor.serve(&here.join("floor"), HashMap::new(), &at),
            own.serve(&wish.dist, config, &at),
            react.serve(&wish.react, page, &at),
        ];
        let page = |name, host: &Host, signs_in_at, has_rows| Page {
            name,
            origin: host.origin.clone(),
            signs_in_at,
            has_rows,
        };
        let [floor, own, react] = &hosts;
        let pages = [
            page("plain form", floor, "/sign-in", false),
            page("Vestibule", own, "grant_type=password", true),
            page("React", react, "grant_type=password", true),
        ];
        Ok(Self { pages, _hosts: hosts, _provider: provider })
    }
}
