//! The page for a config that cannot be used: all of its mistakes at once, for the person who wrote it.

use super::{
    markup::{Markup, button, discard_painted, el, main, p},
    text,
};
use crate::{browser::ConfigProblem, config::Mistakes};
use leptos::prelude::*;

/// Says what is wrong with `config.json`, and where.
#[component]
pub fn ConfigProblemPage(
    /// What is wrong.
    problem: ConfigProblem,
) -> impl IntoView {
    discard_painted();
    document().set_title(untrack(|| text::CONFIG_TITLE.say()));
    let content = match problem {
        ConfigProblem::Unreachable | ConfigProblem::PresetUnreachable { .. } if !cfg!(feature = "operator") => {
            vec![p(text::CONFIG_UNREACHABLE).class("lead")]
        }
        // The app that would tell was left out, or cannot be had.
        _ if !cfg!(feature = "operator") => vec![p(text::CONFIG_UNTOLD).class("lead")],
        ConfigProblem::Mistakes(mistakes) => {
            let lead = if mistakes.0.len() == 1 { text::CONFIG_LEAD } else { text::CONFIG_LEAD_MANY };
            vec![p(lead).class("lead"), list_of(mistakes)]
        }
        other => vec![p(&other.to_string()).class("lead")],
    };
    let reload = || _ = window().location().reload();
    main("problem-page")
        .attr("data-problem", "config")
        .child(el("h1").text(text::CONFIG_TITLE))
        .child(el("div").attr("role", "alert").children(content))
        .child(button("button primary", text::RELOAD, reload))
}

/// Every mistake behind its place.
pub(super) fn list_of(mistakes: Mistakes) -> Markup {
    let entries = mistakes.0.into_iter().map(|mistake| {
        let place = if mistake.pointer.is_empty() { text::WHOLE_FILE.to_owned() } else { mistake.pointer };
        el("li").child(el("code").text(&place)).child(marked(&mistake.sentence))
    });
    el("ol").class("mistakes").attr("role", "list").children(entries)
}

/// What stands between backquotes is shown as code.
pub(super) fn marked(sentence: &str) -> Markup {
    sentence.split('`').enumerate().fold(el("p"), |paragraph, (index, part)| {
        if index % 2 == 1 { paragraph.child(el("code").text(part)) } else { paragraph.text(part) }
    })
}
