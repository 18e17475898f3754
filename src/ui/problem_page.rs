//! The page for a config that cannot be used: all of its mistakes at once, for the person who wrote it.

use super::text;
use crate::browser::ConfigProblem;
use leptos::prelude::*;

/// Says what is wrong with `config.json`, and where.
#[component]
pub fn ConfigProblemPage(
    /// What is wrong.
    problem: ConfigProblem,
) -> impl IntoView {
    document().set_title(text::CONFIG_TITLE);
    let content = match problem {
        ConfigProblem::Mistakes(mistakes) => {
            let lead = if mistakes.0.len() == 1 { text::CONFIG_LEAD } else { text::CONFIG_LEAD_MANY };
            let entries = mistakes
                .0
                .into_iter()
                .map(|mistake| {
                    let place = if mistake.pointer.is_empty() { text::WHOLE_FILE.to_owned() } else { mistake.pointer };
                    view! { <li><code>{place}</code><p>{marked(&mistake.sentence)}</p></li> }
                })
                .collect_view();
            view! {
                <p class="lead">{lead}</p>
                <ol class="mistakes" role="list">{entries}</ol>
            }
            .into_any()
        }
        other => view! { <p class="lead">{other.to_string()}</p> }.into_any(),
    };
    let reload = move |_| _ = window().location().reload();
    view! {
        <main class="problem-page" id="content" tabindex="-1" data-problem="config">
            <h1>{text::CONFIG_TITLE}</h1>
            <div role="alert">{content}</div>
            <button type="button" class="button primary" on:click=reload>{text::RELOAD}</button>
        </main>
    }
}

/// What stands between backquotes is shown as code.
fn marked(sentence: &str) -> Vec<AnyView> {
    sentence
        .split('`')
        .enumerate()
        .map(|(index, part)| {
            let part = part.to_owned();
            if index % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
        })
        .collect()
}
