//! The results as text: tables of Markdown that can be read as they are.

use crate::figures::{Figure, Sample, Spread, Unit};
use crate::requests::Asked;
use crate::trace::Spent;
use std::fmt::Write as _;

/// A page's runs under one set of conditions.
pub struct Column {
    /// The page's name.
    pub name: &'static str,
    /// What each run has shown.
    pub samples: Vec<Sample>,
}

impl Column {
    fn median(&self, figure: Figure) -> Option<f64> {
        Some(Spread::of(&self.samples, figure)?.median)
    }

    /// The largest of a figure over all runs.
    pub fn most(&self, figure: Figure) -> f64 {
        Spread::of(&self.samples, figure).map_or(0.0, |spread| spread.most)
    }
}

/// Every figure of every page, a line each.
pub fn figures(columns: &[Column]) -> String {
    let head = columns.iter().map(|column| column.name.to_owned()).collect();
    let rows = Figure::ALL.into_iter().map(|figure| {
        let cell = |column: &Column| {
            Spread::of(&column.samples, figure).map_or("–".to_owned(), |spread| spread.write(figure.unit()))
        };
        (figure.name().to_owned(), columns.iter().map(cell).collect())
    });
    table("median (least to most)", head, rows.collect())
}

/// What is to be reached, and whether it is.
pub fn targets(floor: &Column, own: &Column, react: &Column) -> String {
    let ratio = |figure: Figure, other: &Column| Some(own.median(figure)? / other.median(figure)?);
    let against = |what: &str, figure: Figure, other: &Column, limit: f64| {
        let is = ratio(figure, other);
        let met = is.is_some_and(|is| is <= limit);
        let is = is.map_or("–".to_owned(), |is| format!("{is:.2}"));
        (what.to_owned(), vec![format!("at most {limit}"), is, verdict(met)])
    };
    let shift = own.most(Figure::Shift);
    let rows = vec![
        against("a typed key arrives, against the floor", Figure::Key, floor, 1.1),
        (
            "layout shift, the most of all runs".to_owned(),
            vec!["0".to_owned(), Unit::Score.write(shift), verdict(shift == 0.0)],
        ),
        against("an early submit is sent, against React", Figure::Sent, react, 0.8),
        told("protected rows seen, against React", ratio(Figure::Rows, react)),
        told("reload, signed in, against React", ratio(Figure::Reload, react)),
        told("renderer's peak memory, against React", ratio(Figure::Resident, react)),
    ];
    table("target", vec!["wanted".to_owned(), "is".to_owned(), String::new()], rows)
}

/// A ratio without a limit.
fn told(what: &str, ratio: Option<f64>) -> (String, Vec<String>) {
    let ratio = ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
    (what.to_owned(), vec![String::new(), ratio, String::new()])
}

fn verdict(is_met: bool) -> String {
    if is_met { "met" } else { "NOT met" }.to_owned()
}

/// Where the time until the sign-in was sent went, a column for each page.
pub fn spent(pages: &[(&'static str, Spent)]) -> String {
    let parts: Vec<_> = pages.iter().map(|(_, spent)| spent.parts()).collect();
    let names = parts.first().into_iter().flatten().map(|(name, _)| *name);
    let rows = names.enumerate().map(|(row, name)| {
        let cell = |parts: &Vec<(&str, f64)>| Unit::Time.write(parts.get(row).map(|(_, ms)| *ms).unwrap_or_default());
        (name.to_owned(), parts.iter().map(cell).collect())
    });
    let head = pages.iter().map(|(name, _)| (*name).to_owned()).collect();
    table("until an early submit is sent", head, rows.collect())
}

/// The requests of one load, in order, in milliseconds since the page was wanted.
pub fn waterfall(name: &str, asked: &[Asked]) -> String {
    let opened_at = asked.first().map_or(0.0, |request| request.begun_at);
    let since = |time: f64| Unit::Time.write((time - opened_at) * 1000.0);
    let rows = asked.iter().map(|request| {
        let what = request.name.replace("http://127.0.0.1:", ":");
        let end = request.ended_at.map_or("–".to_owned(), since);
        (what, vec![since(request.begun_at), end, Unit::Size.write(request.bytes)])
    });
    table(&format!("requests of {name}"), vec!["from".into(), "to".into(), "on the wire".into()], rows.collect())
}

/// A table whose columns are as wide as their widest cell.
fn table(title: &str, head: Vec<String>, rows: Vec<(String, Vec<String>)>) -> String {
    let mut lines = vec![(title.to_owned(), head)];
    lines.extend(rows);
    let width = |text: &str| text.chars().count();
    let first = lines.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let columns = lines.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines.iter().filter_map(|(_, cells)| cells.get(column)).map(|cell| width(cell)).max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for (number, (name, cells)) in lines.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "| {name:first$} |");
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(text, " {cell:>width$} |");
        }
        text.push('\n');
        if number == 0 {
            let _ = write!(text, "|{}|", "-".repeat(first + 2));
            for width in &widths {
                let _ = write!(text, "{}:|", "-".repeat(width + 1));
            }
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Column, targets};
    use crate::figures::Figure;

    fn column(name: &'static str, key: f64, sent: f64, shift: f64) -> Column {
        Column { name, samples: vec![vec![(Figure::Key, key), (Figure::Sent, sent), (Figure::Shift, shift)]] }
    }

    #[test]
    fn a_target_is_met_or_not_and_the_table_says_which() {
        let text = targets(
            &column("floor", 100.0, 1.0, 0.0),
            &column("own", 110.0, 90.0, 0.2),
            &column("react", 9.0, 100.0, 0.0),
        );
        let verdicts: Vec<_> = text.lines().map(|line| (line.contains(" met "), line.contains("NOT met"))).collect();
        assert_eq!(verdicts[2..5], [(true, false), (true, true), (true, true)], "{text}");
    }
}
