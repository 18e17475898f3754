//! nginx: locations to include in a `server` block.
//!
//! `add_header` is inherited whole or not at all, so all of them stand in one place, and what differs from file to file is a
//! variable that each location sets. A location inside another one inherits neither `set` nor `try_files`, which is what lets them
//! differ. What is not there ends at a location of its own, which answers in plain text: nobody takes that for a page.
//!
//! A page below a path is not sent from its packed copies, since `sub_filter` cannot look into them: nginx packs it on the way.

use crate::rules::{ASKED_ANEW, FOLDERS, Header, KEPT, NAMED_BY_CONTENT, Rules, page_pattern};
use crate::{Host, PAGE_BASE, remarks};
use std::fmt::Write as _;

/// Everything that does not depend on the config stands as nginx reads it; words like `@THIS@` are replaced.
const LOCATION: &str = r#"location @BASE@ {
    root "@FOLDER@";
    server_tokens off;
    charset utf-8;
    default_type application/octet-stream;
    types {
        text/html html;
        text/css css;
        text/javascript js;
        application/json json;
        application/wasm wasm;
        image/svg+xml svg;
        image/png png;
        image/jpeg jpg jpeg;
        image/webp webp;
        image/x-icon ico;
        font/woff2 woff2;
    }

@HEADERS@
    # What has no packed copy beside it is packed on the way.
    gzip on;
    gzip_vary on;
    gzip_types application/json application/wasm image/svg+xml text/css text/javascript;
@REPLACES@

    # Called by their content: a browser may keep them for ever.
    location ~ "^@ESCAPED@(?<vestibule_file>@NAMED@)$" {
        set $vestibule_cache "@KEPT@";
        gzip_static on;
        @BROTLI@
        try_files /$vestibule_file @MISSING@;
    }
@FRAMED@

    # Nobody's files. What is to be found below /.well-known/ wants a `location` of its own.
    location ~ "^@ESCAPED@(?:.*/)?\." {
        rewrite ^ @MISSING@ last;
    }
@DOTTED@

    # The pages themselves.
    location ~ "^@ESCAPED@(?<vestibule_file>(?:index|setup)\.html)$" {
        set $vestibule_cache "@ANEW@";
@PACKED@
        try_files /$vestibule_file @MISSING@;
    }

    # Whatever is called like a file or lies in a folder is a file, or is not there.
    location ~ "^@ESCAPED@(?<vestibule_file>(?:@FOLDERS@)(?:/.*)?|.*\.[^/]*)$" {
        set $vestibule_cache "@ANEW@";
        gzip_static on;
        @BROTLI@
        try_files /$vestibule_file @MISSING@;
    }

    location = @MISSING@ {
        set $vestibule_cache "@ANEW@";
        types { }
        default_type "text/plain; charset=utf-8";
        return 404 "There is no such file.\n";
    }

    # Everything else is the address of a page.
    rewrite ^ @PAGE@ last;
}
"#;

/// Takes the place of one of these where the module is there.
const BROTLI: &str = "# brotli_static on;";

pub(crate) fn print(rules: &Rules, folder: &str) -> String {
    let base = rules.base();
    let mut text = remarks(rules, Host::Nginx);
    text += "#\n# Save it as /etc/nginx/vestibule.conf, and include it in the `server` block of the host:\n\
             #     server { listen 443 ssl; server_name app.example; include /etc/nginx/vestibule.conf; }\n\
             # Each `# brotli_static on;` counts where nginx has ngx_brotli (Debian: libnginx-mod-http-brotli-static): take the `# ` away.\n\
             # Without it the .gz copies are sent, 15 % larger. `nginx -t` says whether all is understood.\n\n";
    if !base.is_root() {
        _ = writeln!(
            text,
            "location = {} {{\n    absolute_redirect off;\n    return 308 {base};\n}}\n",
            base.without_slash()
        );
    }
    let mut framed = String::new();
    for frame in rules.framed() {
        _ = write!(
            framed,
            "\n    # May be shown in a frame.\n    location = {} {{\n{}        set $vestibule_cache \"@ANEW@\";\n        try_files \
             /index.html @MISSING@;\n    }}\n",
            base.join(&frame.path),
            headers(&rules.headers_in(frame), "        ")
        );
    }
    let mut dotted = String::new();
    for page in rules.pages_with_dots() {
        _ = write!(
            dotted,
            "\n    # A page whose address may end like a file's.\n    location ~ \"^@ESCAPED@{}/?$\" {{\n        rewrite ^ @PAGE@ \
             last;\n    }}\n",
            page_pattern(page)
        );
    }
    let replaces = format!(
        "\n    # The page says where it lies. This cannot be done to packed copies.\n    sub_filter '{PAGE_BASE}' '<base \
         href=\"{base}\">';\n    sub_filter_once on;\n    sub_filter_last_modified on;\n"
    );
    let packed = format!("        gzip_static on;\n        {BROTLI}");
    let (replaces, packed) = if base.is_root() { ("", packed.as_str()) } else { (replaces.as_str(), "") };
    text + &LOCATION
        .replace("@HEADERS@\n", &headers(&rules.headers(), "    "))
        .replace("@REPLACES@\n", &on_its_own(replaces))
        .replace("@FRAMED@\n", &on_its_own(&framed))
        .replace("@DOTTED@\n", &on_its_own(&dotted))
        .replace("@PACKED@\n", &on_its_own(packed))
        .replace("@BROTLI@", BROTLI)
        .replace("@NAMED@", NAMED_BY_CONTENT)
        .replace("@KEPT@", KEPT)
        .replace("@ANEW@", ASKED_ANEW)
        .replace("@FOLDERS@", &FOLDERS.join("|"))
        .replace("@MISSING@", &base.join(".missing"))
        .replace("@PAGE@", &base.join("index.html"))
        .replace("@ESCAPED@", &base.escaped())
        .replace("@BASE@", &base.to_string())
        .replace("@FOLDER@", folder)
}

fn headers(headers: &[Header], indent: &str) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        _ = writeln!(text, "{indent}add_header {name} \"{value}\" always;");
    }
    text + indent + "add_header Cache-Control $vestibule_cache always;\n"
}

/// Lines that stand between others.
fn on_its_own(text: &str) -> String {
    if text.is_empty() { String::new() } else { text.trim_end().to_owned() + "\n" }
}
