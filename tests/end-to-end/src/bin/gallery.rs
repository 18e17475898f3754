//! Pictures of every state of the app, for `cargo xtask gallery`, and one page that shows them all.
//!
//! ```text
//! every state ── light, dark x 1200, 768, 320 px ──▶ NAME.SCHEME.WIDTH.png
//!             └─ forced colours, printed          ──▶ NAME.forced.png, NAME.print.png
//! index.html     all of them, in groups, with captions
//! ```
//! A state is reached once, in a window of 1200 px, and then looked at in all ways. `VESTIBULE_GALLERY` names the folder.

#![allow(clippy::panic, reason = "to panic with a sentence is how it fails")]

use end_to_end::browser::Browser;
use end_to_end::path_from;
use end_to_end::stage::{Stage, play_in_turn};
use end_to_end::states::{Group, STATES, State, Wanted, states_of};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const WIDTHS: [(u32, u32); 3] = [(1200, 800), (768, 900), (320, 640)];
const SCHEMES: [&str; 2] = ["light", "dark"];

fn main() {
    let folder = path_from("VESTIBULE_GALLERY", "target/gallery");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        panic!("{} cannot be made: {error}", folder.display());
    }
    play_in_turn(states_of(&Group::ALL, "en"), &async |stage, wanted| {
        take_pictures(stage, wanted, &folder).await;
        println!("{}", wanted.state.name);
    });
    save(&folder.join("index.html"), page().as_bytes());
    println!("{}", folder.join("index.html").display());
}

async fn take_pictures(stage: &Stage, wanted: Wanted, folder: &Path) {
    let browser = &stage.browser;
    let (width, height) = WIDTHS[0];
    browser.set_room(width, height).await;
    wanted.reach(stage).await;
    let name = wanted.state.name;
    for (width, height) in WIDTHS {
        browser.set_room(width, height).await;
        for scheme in SCHEMES {
            // Still, so that no picture is of something half way.
            browser
                .set_preferences("", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")])
                .await;
            let file = folder.join(format!("{name}.{scheme}.{width}.png"));
            // A phone is scrolled.
            take_picture(browser, &file, if width == 320 { 2 * height } else { height }).await;
        }
    }
    browser.set_room(width, height).await;
    let forced = [("forced-colors", "active"), ("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")];
    browser.set_preferences("", &forced).await;
    take_picture(browser, &folder.join(format!("{name}.forced.png")), height).await;
    browser.set_preferences("print", &[("prefers-reduced-motion", "reduce")]).await;
    take_picture(browser, &folder.join(format!("{name}.print.png")), height).await;
}

/// As high as the page, but no higher than that.
async fn take_picture(browser: &Browser, file: &Path, height: u32) {
    browser.ask(DRAWN, &[]).await;
    save(file, &browser.picture(height).await);
}

/// When what was set has been drawn.
const DRAWN: &str = "return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));";

fn save(file: &Path, content: &[u8]) {
    if let Err(error) = std::fs::write(file, content) {
        panic!("{} cannot be written: {error}", file.display());
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for group in Group::ALL {
        writeln!(page, "<h2>{}</h2>", group.title()).ok();
        for State { name, caption, .. } in STATES.iter().filter(|state| state.group == group) {
            writeln!(
                page,
                "<section id=\"{name}\"><h3><a href=\"#{name}\">{caption}</a> <code>{name}</code></h3><div>"
            )
            .ok();
            let mut show = |file: PathBuf, says: &str, class: &str| {
                let file = file.display();
                writeln!(
                    page,
                    "<figure class=\"{class}\"><a href=\"{file}\"><img loading=\"lazy\" src=\"{file}\" \
                     alt=\"{caption}, {says}\"></a><figcaption>{says}</figcaption></figure>"
                )
                .ok();
            };
            for scheme in SCHEMES {
                for (width, _) in WIDTHS {
                    let says = format!("{scheme}, {width} px");
                    show(format!("{name}.{scheme}.{width}.png").into(), &says, &format!("w{width}"));
                }
            }
            show(format!("{name}.forced.png").into(), "forced colours", "w1200");
            show(format!("{name}.print.png").into(), "printed", "w1200");
            page.push_str("</div></section>\n");
        }
    }
    page
}

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Vestibule: every state</title>
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; padding-inline: 1.5rem; max-width: 110rem; }
  h2 { margin-block: 3rem 0; }
  h3 { margin-block: 2rem 0.75rem; font-weight: 600; }
  h3 a { color: inherit; text-decoration: none; }
  code { font-size: 0.8em; opacity: 0.7; }
  section > div { display: flex; flex-wrap: wrap; align-items: start; gap: 1rem; }
  figure { margin: 0; }
  figcaption { font-size: 0.8rem; opacity: 0.75; }
  img { display: block; width: 100%; border: 1px solid #8885; border-radius: 4px; }
  .w1200 { width: 26rem; }
  .w768 { width: 17rem; }
  .w320 { width: 9rem; }
</style>
<h1>Every state of Vestibule</h1>
<p>Written by <code>cargo xtask gallery</code>. A click shows a picture in its own size.</p>
";
