//! One report: what came back, what the app would do, what is wrong, and what would be kept.

use super::{
    super::{
        markup::{Markup, button, div, el, p},
        problem_page::marked,
    },
    Desk, Outcome, text,
};
use crate::{
    config::write_json,
    setup::{Finding, Line, Repair, Report, Weight, file},
};

pub(super) fn view(desk: Desk, result: Outcome) -> Markup {
    let Outcome { report, unsent, file, .. } = result;
    let is_old = move || desk.file.with(|now| *now != file);
    let old = move || if is_old() { vec![p(text::FILE_HAS_CHANGED).class("hint old")] } else { Vec::new() };
    match report {
        Some(report) => told(desk, &report).child(div("region").live(old)),
        None => div("report bad").child(p(&unsent).class("report-outcome")),
    }
}

fn told(desk: Desk, report: &Report) -> Markup {
    let class = if report.is_success { "report good" } else { "report bad" };
    let findings = report.findings.iter().map(|it| finding(desk, it));
    let shape = el("details")
        .class("shape")
        .child(el("summary").text(text::SHAPE))
        .child(el("dl").children(report.shape.iter().map(line)));
    div(class)
        .child(el("p").class("report-outcome").text(&report.outcome))
        .child(el("p").class("report-headline").child(el("code").text(&report.headline)))
        .children(
            (!report.findings.is_empty()).then(|| el("ul").class("findings").attr("role", "list").children(findings)),
        )
        .children((!report.kept.is_empty()).then(|| el("dl").class("kept").children(report.kept.iter().map(line))))
        .children((!report.shape.is_empty()).then_some(shape))
}

fn line(line: &Line) -> Markup {
    let class = if line.is_there { "line" } else { "line missing" };
    div(class).child(el("dt").child(el("code").text(&line.name))).child(el("dd").child(marked(&line.text)))
}

fn finding(desk: Desk, finding: &Finding) -> Markup {
    let (class, word) = match finding.weight {
        Weight::Wrong => ("finding wrong", text::WRONG),
        Weight::Doubtful => ("finding doubtful", text::DOUBTFUL),
        Weight::Note => ("finding note", text::NOTE),
    };
    let remedy = (!finding.remedy.is_empty()).then(|| marked(&finding.remedy).class("remedy"));
    el("li")
        .class(class)
        .child(el("p").class("weight").text(word))
        .child(marked(&finding.what).class("what"))
        .children(remedy)
        .children(finding.repair.clone().map(|repair| repair_button(desk, repair)))
}

fn repair_button(desk: Desk, repair: Repair) -> Markup {
    let pressed = move || {
        let now = desk.file.with_untracked(Clone::clone);
        match file::with_value(&now, &repair.pointer, &repair.value) {
            Ok(file) => {
                let value = write_json(&repair.value);
                desk.put(file, vec![[text::REPAIRED, "`", &repair.pointer, "` is now `", &value, "`."].concat()]);
            }
            Err(unreadable) => desk.said.set(vec![unreadable.to_string()]),
        }
    };
    button("button", text::REPAIR, pressed).attr("data-action", "repair")
}
