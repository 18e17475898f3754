//! A page that says its policy itself, for hosts whose headers cannot be changed.

use crate::rules::Rules;
use crate::{Host, change_base, remarks};
use std::fmt::Write as _;

pub(crate) fn print(rules: &Rules) -> String {
    let mut text = String::from("<!--\n") + &remarks(rules, Host::Meta).replace("# ", "");
    text += "Put it into the <head> of index.html, before everything but <meta charset>, and delete index.html.br and index.html.gz.\n\
             A page can say less than a host: `frame-ancestors` is ignored here, so any site may show the page in a frame (the app shows no\n\
             form in one), and none of the other headers can be said at all but the referrer's, which index.html says already.\n";
    if !rules.base().is_root() {
        _ = writeln!(text, "The app lies below a path: {}", change_base(rules.base()));
    }
    _ = write!(text, "-->\n<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", rules.policy(None));
    text
}
