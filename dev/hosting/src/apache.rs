//! Apache 2.4: a part of a virtual host.
//!
//! Rules that lead somewhere else are run once more there (`L`), so that a page finds its packed copy like every other file. Which
//! address was asked for is then known by the request's own line alone.

use crate::base::escaped;
use crate::rules::{ASKED_ANEW, FOLDERS, Header, KEPT, NAMED_BY_CONTENT, Rules, page_pattern};
use crate::{Host, PAGE_BASE, remarks};
use std::fmt::Write as _;

const DIRECTORY: &str = r#"<Directory "@FOLDER@">
    Require all granted
    AllowOverride None
    Options FollowSymLinks
    DirectorySlash Off
    AllowMethods GET HEAD
    FileETag MTime Size

    AddDefaultCharset utf-8
    AddType text/javascript .js
    AddType application/json .json
    AddType application/wasm .wasm
    AddType image/svg+xml .svg
    # Packed copies are of the type of what is packed.
    RemoveType .br .gz
    RemoveLanguage .br
    AddEncoding br .br
    AddEncoding gzip .gz

@HEADERS@
    Header set Cache-Control "@ANEW@"
    Header always set Cache-Control "@ANEW@" "expr=%{REQUEST_STATUS} -ge 400"
    # Called by their content: a browser may keep them for ever.
    <FilesMatch "^@NAMED@(?:\.br|\.gz)?$">
        Header set Cache-Control "@KEPT@"
    </FilesMatch>
    <FilesMatch "\.(?:css|html|js|json|svg|wasm)(?:\.br|\.gz)?$">
        Header merge Vary Accept-Encoding
    </FilesMatch>
@REPLACES@
    RewriteEngine On
    RewriteBase "@BASE@"
    # Nobody's files.
    RewriteRule "(?:^|/)\." "-" [R=404,L]
@DOTTED@
    # Whatever is called like a file or lies in a folder is a file, or is not there. Everything else is the address of a page.
    RewriteRule "^(?:@FOLDERS@)/?$" "-" [R=404,L]
    RewriteRule "^(?!(?:@FOLDERS@)/)(?:[^/]*/)*[^/.]*$" "index.html" [L]
    # Packed copies, where the browser takes them.
    RewriteCond "%{HTTP:Accept-Encoding}" "\bbr\b"
    RewriteCond "%{REQUEST_FILENAME}.br" -f
    RewriteRule "^(.+\.(?:@PACKED@))$" "$1.br" [E=no-gzip:1,END]
    RewriteCond "%{HTTP:Accept-Encoding}" "\bgzip\b"
    RewriteCond "%{REQUEST_FILENAME}.gz" -f
    RewriteRule "^(.+\.(?:@PACKED@))$" "$1.gz" [E=no-gzip:1,END]
</Directory>
"#;

pub(crate) fn print(rules: &Rules, folder: &str) -> String {
    let base = rules.base();
    let mut text = remarks(rules, Host::Apache);
    let (modules, root) = if base.is_root() {
        ("allowmethods headers rewrite", format!("DocumentRoot \"{folder}\""))
    } else {
        (
            "alias allowmethods deflate filter headers rewrite substitute",
            format!(
                "RedirectMatch 308 \"^{}$\" \"{base}\"\nAlias \"{base}\" \"{}/\"",
                escaped(base.without_slash()),
                folder.trim_end_matches('/')
            ),
        )
    };
    _ = write!(
        text,
        "#\n# Put it into the `<VirtualHost>` of the site. Its modules: a2enmod {modules}\n# `apachectl -t` says whether all is \
         understood.\n\n{root}\n"
    );
    let mut own = headers(&rules.headers(), "");
    for frame in rules.framed() {
        let path = escaped(&base.join(&frame.path));
        let condition = format!(" \"expr=%{{THE_REQUEST}} =~ m#^[A-Z]+ {path}[? ]#\"");
        _ = writeln!(own, "    # May be shown in a frame.\n    Header always unset X-Frame-Options{condition}");
        own += &headers(&rules.headers_in(frame), &condition);
    }
    let mut dotted = String::new();
    for page in rules.pages_with_dots() {
        _ = write!(
            dotted,
            "    # A page whose address may end like a file's.\n    RewriteRule \"^{}/?$\" \"index.html\" [L]\n",
            page_pattern(page)
        );
    }
    let replaces = format!(
        "\n    # The page says where it lies. This cannot be done to packed copies.\n    AddOutputFilterByType SUBSTITUTE;DEFLATE \
         text/html\n    Substitute \"s|{}|<base href=\\\"{base}\\\">|n\"\n",
        PAGE_BASE.replace('"', "\\\"")
    );
    let (replaces, packed) =
        if base.is_root() { ("\n", "css|html|js|json|svg|wasm") } else { (replaces.as_str(), "css|js|json|svg|wasm") };
    text + &DIRECTORY
        .replace("@HEADERS@\n", &own)
        .replace("@REPLACES@\n", &(replaces.trim_end().to_owned() + "\n"))
        .replace("@DOTTED@\n", &dotted)
        .replace("@NAMED@", NAMED_BY_CONTENT)
        .replace("@KEPT@", KEPT)
        .replace("@ANEW@", ASKED_ANEW)
        .replace("@FOLDERS@", &FOLDERS.join("|"))
        .replace("@PACKED@", packed)
        .replace("@BASE@", &base.to_string())
        .replace("@FOLDER@", folder)
}

fn headers(headers: &[Header], condition: &str) -> String {
    let line = |(name, value): &Header| format!("    Header always set {name} \"{value}\"{condition}\n");
    headers.iter().map(line).collect()
}
