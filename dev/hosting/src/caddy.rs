//! Caddy 2: a snippet to import in a site's block.
//!
//! A `route` keeps its order, so that what is said later of fewer files counts. (What takes a header away stands alone: Caddy does that
//! last, with all that stands beside it, and not for what is missing.) Caddy as it comes cannot change what it sends, so
//! below a path the page's base is changed once, in the files.

use crate::rules::{ASKED_ANEW, FOLDERS, Header, KEPT, NAMED_BY_CONTENT, Rules, page_pattern};
use crate::{Host, change_base, remarks};
use std::fmt::Write as _;

const FRAMES: &str = "X-Frame-Options";

pub(crate) fn print(rules: &Rules, folder: &str) -> String {
    let base = rules.base();
    let mut text = remarks(rules, Host::Caddy);
    text += "#\n# Save it as /etc/caddy/vestibule, and import it in the block of the site:\n\
             #     app.example {\n#         import /etc/caddy/vestibule\n#     }\n";
    if !base.is_root() {
        _ = writeln!(
            text,
            "# Caddy as it comes cannot replace text in what it sends. Once after every deploy, in {folder}:\n#     {}",
            change_base(base)
        );
        _ = writeln!(text, "\nredir {} {base} 308", base.without_slash());
    }
    let handle = if base.is_root() { "handle {".to_owned() } else { format!("handle_path {base}* {{") };
    let folders = FOLDERS.map(|folder| format!("/{folder} /{folder}/*")).join(" ");
    _ = write!(
        text,
        "\n{handle}\n\troute {{\n\t\troot * \"{folder}\"\n\n\t\t# The headers of every answer.\n\t\theader {{\n{}\t\t\tCache-Control \
         \"{ASKED_ANEW}\"\n\t\t}}\n\t\theader -Server\n",
        headers(&rules.headers())
    );
    for (number, frame) in rules.framed().iter().enumerate() {
        let own = rules.headers_in(frame);
        _ = write!(
            text,
            "\n\t\t# May be shown in a frame.\n\t\t@framed{number} path {}\n\t\theader @framed{number} {{\n{}\t\t}}\n",
            frame.path,
            headers(&own)
        );
        // Old browsers know no list of who may show a page.
        if own.iter().all(|(name, _)| *name != FRAMES) {
            _ = writeln!(text, "\t\theader @framed{number} -{FRAMES}");
        }
    }
    _ = write!(
        text,
        "\n\t\t# Called by their content: a browser may keep them for ever.\n\t\t@kept {{\n\t\t\tpath_regexp \"^/{NAMED_BY_CONTENT}$\"\n\t\t\tfile \
         {{path}}\n\t\t}}\n\t\theader @kept Cache-Control \"{KEPT}\"\n\n\t\t@changing not method GET HEAD\n\t\trespond @changing \
         405\n\n\t\t# Nobody's files.\n\t\t@hidden path_regexp \"(?:^|/)\\.\"\n\t\trespond @hidden 404\n"
    );
    for (number, page) in rules.pages_with_dots().enumerate() {
        _ = write!(
            text,
            "\n\t\t# A page whose address may end like a file's.\n\t\t@dotted{number} path_regexp \"^/{}/?$\"\n\t\trewrite \
             @dotted{number} /index.html\n",
            page_pattern(page)
        );
    }
    _ = write!(
        text,
        "\n\t\t# Whatever is called like a file or lies in a folder is a file, or is not there. Everything else is the address of a \
         page.\n\t\t@page {{\n\t\t\tnot path {folders}\n\t\t\tnot path_regexp \
         \"\\.[^/]*$\"\n\t\t}}\n\t\trewrite @page /index.html\n\t\tencode gzip\n\t\tfile_server {{\n\t\t\tindex \
         never-there\n\t\t\tprecompressed br gzip\n\t\t}}\n\t}}\n}}\n"
    );
    text
}

fn headers(headers: &[Header]) -> String {
    headers.iter().fold(String::new(), |text, (name, value)| text + "\t\t\t" + name + " \"" + value + "\"\n")
}
