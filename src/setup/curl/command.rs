//! What the words of a `curl` command say: its options, and what of them a browser sets by itself, cannot do, or must not.

use super::{Refused, refuse};
use crate::{
    config::{NO_SECRET, form_component},
    setup::shell,
};

/// What the options of a command say.
#[derive(Default)]
pub(super) struct Heard {
    pub method: Option<String>,
    pub url: String,
    /// `-G` and `--url-query`.
    pub query: Vec<String>,
    pub headers: Vec<(String, String)>,
    pub data: Vec<String>,
    pub is_json: bool,
    pub has_cookies: bool,
    pub seconds: Option<u64>,
    pub said: Vec<String>,
}

/// Options with a value that changes nothing here.
const WITH_VALUE: &[&str] = &[
    "output",
    "write-out",
    "connect-timeout",
    "cookie-jar",
    "retry",
    "retry-delay",
    "retry-max-time",
    "cacert",
    "capath",
    "cert",
    "key",
    "cert-type",
    "key-type",
    "pass",
    "proxy",
    "proxy-user",
    "noproxy",
    "resolve",
    "connect-to",
    "dump-header",
    "max-redirs",
    "interface",
    "ciphers",
    "limit-rate",
    "range",
    "trace",
    "trace-ascii",
    "stderr",
    "user-agent",
    "referer",
    "speed-limit",
    "speed-time",
    "local-port",
    "dns-servers",
    "tls-max",
    "rate",
    "keepalive-time",
    "max-filesize",
    "output-dir",
    "netrc-file",
    "unix-socket",
    "pinnedpubkey",
    "tlsv1",
    "curves",
    "variable",
];

/// The long name of a short option.
const SHORT: &[(char, &str)] = &[
    ('X', "request"),
    ('H', "header"),
    ('d', "data"),
    ('F', "form"),
    ('u', "user"),
    ('b', "cookie"),
    ('A', "user-agent"),
    ('e', "referer"),
    ('m', "max-time"),
    ('o', "output"),
    ('w', "write-out"),
    ('c', "cookie-jar"),
    ('E', "cert"),
    ('x', "proxy"),
    ('D', "dump-header"),
    ('T', "upload-file"),
    ('K', "config"),
    ('r', "range"),
    ('Y', "speed-limit"),
    ('y', "speed-time"),
    ('U', "proxy-user"),
    ('t', "telnet-option"),
    ('z', "time-cond"),
    ('C', "continue-at"),
    ('Q', "quote"),
    ('P', "ftp-port"),
    ('G', "get"),
    ('I', "head"),
    ('k', "insecure"),
    ('L', "location"),
    ('n', "netrc"),
];

const HANDLED: &[&str] = &[
    "request",
    "header",
    "data",
    "data-ascii",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "json",
    "form",
    "form-string",
    "user",
    "cookie",
    "max-time",
    "url",
    "upload-file",
    "config",
    "oauth2-bearer",
    "url-query",
    "telnet-option",
    "time-cond",
    "continue-at",
    "quote",
    "ftp-port",
    "aws-sigv4",
];

fn takes_value(name: &str) -> bool {
    HANDLED.contains(&name) || WITH_VALUE.contains(&name)
}

impl Heard {
    pub fn of(command: &str) -> Result<Self, Refused> {
        let command = command.trim();
        if command.starts_with("fetch(") || command.starts_with("await fetch(") || command.starts_with("Invoke-") {
            return refuse("This is no curl command. In the browser's network panel, choose \"Copy as cURL\".");
        }
        let Some(found) = shell::words(command) else {
            return refuse("A quote is never closed: the command is not whole.");
        };
        let mut heard = Self::default();
        for name in &found.variables {
            heard.say(format!("`${name}` is a variable that only your shell knows: put its value in its place."));
        }
        let is_curl = |word: &String| {
            let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
            name == "curl" || name.eq_ignore_ascii_case("curl.exe")
        };
        // A prompt, `sudo`, `time`, variables that are set for the command.
        let mut words = found.words.into_iter().skip_while(|word| !is_curl(word)).skip(1);
        let mut is_get = false;
        let mut options_are_over = false;
        let mut heard_any = false;
        while let Some(word) = words.next() {
            heard_any = true;
            if options_are_over || !word.starts_with('-') || word == "-" {
                heard.address(word)?;
            } else if word == "--" {
                options_are_over = true;
            } else if let Some(name) = word.strip_prefix("--") {
                let value = if takes_value(name) { words.next() } else { None };
                heard.option(name, value.as_deref(), &mut is_get)?;
            } else {
                let mut letters = word.chars().skip(1);
                while let Some(letter) = letters.next() {
                    let name = SHORT.iter().find(|(short, _)| *short == letter).map_or("", |(_, name)| name);
                    if takes_value(name) {
                        let rest: String = letters.by_ref().collect();
                        let value = if rest.is_empty() { words.next() } else { Some(rest) };
                        heard.option(name, value.as_deref(), &mut is_get)?;
                    } else {
                        heard.option(name, None, &mut is_get)?;
                    }
                }
            }
        }
        if !heard_any {
            return refuse("This is no curl command: it must begin with `curl` and name an address.");
        }
        if heard.url.is_empty() {
            return refuse("The command names no address.");
        }
        if is_get {
            let data = std::mem::take(&mut heard.data);
            heard.query.extend(data);
        }
        Ok(heard)
    }

    fn say(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.said.contains(&sentence) {
            self.said.push(sentence);
        }
    }

    fn address(&mut self, address: String) -> Result<(), Refused> {
        if !self.url.is_empty() {
            return refuse(format!(
                "The command names two addresses, and the second is `{}`. Is a quote missing?",
                shown(&address)
            ));
        }
        self.url = address;
        Ok(())
    }

    fn option(&mut self, name: &str, value: Option<&str>, is_get: &mut bool) -> Result<(), Refused> {
        if takes_value(name) && value.is_none() {
            return refuse(format!("`--{name}` has no value: the command is not whole."));
        }
        let value = value.unwrap_or_default();
        match name {
            "request" => self.method = Some(value.to_owned()),
            "url" => self.address(value.to_owned())?,
            "get" => *is_get = true,
            "head" => return refuse("`--head` asks for headers alone; a config knows no HEAD request."),
            "header" => self.header(value),
            "data" | "data-ascii" | "data-binary" | "json" if value.starts_with('@') => {
                return refuse(format!("`--{name} {}` names a file that only your shell can read: put what is in it in its place.", shown(value)));
            }
            "data" | "data-ascii" | "data-raw" | "data-binary" => self.data.push(value.to_owned()),
            "json" => {
                self.is_json = true;
                self.data.push(value.to_owned());
            }
            "data-urlencode" => {
                let Some(encoded) = urlencoded(value) else {
                    return refuse("`--data-urlencode` names a file that only your shell can read: put what is in it in its place.");
                };
                self.data.push(encoded);
            }
            "url-query" => self.query.extend(urlencoded(value)),
            "form" | "form-string" => return refuse("`--form` sends `multipart/form-data`, which is for files; a config knows JSON and `application/x-www-form-urlencoded` (`-d name=value`). Most providers take one of these too."),
            "upload-file" => return refuse("`--upload-file` sends a file; a config knows JSON and forms."),
            "config" => return refuse("`--config` names a file that only your shell can read: put what is in it into the command."),
            "aws-sigv4" => return refuse("`--aws-sigv4` signs with a secret key, and a browser app can keep none."),
            "user" => return refuse(basic(value)),
            "cookie" => self.has_cookies = true,
            "oauth2-bearer" => self.headers.push(("Authorization".into(), ["Bearer ", value].concat())),
            "max-time" => self.seconds = value.split('.').next().and_then(|seconds| seconds.parse().ok()).filter(|s| *s > 0),
            "insecure" => self.say("`--insecure` was left out: a browser accepts no broken certificate."),
            "location" | "location-trusted" => self.say("`--location` was left out: the app follows no redirect, because it could lead a password or a token anywhere. Write the address that the redirect leads to."),
            "user-agent" | "referer" => self.say("What a browser sets itself was left out: who it is, and where it comes from."),
            _ => {}
        }
        Ok(())
    }

    fn header(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else {
            // `-H 'Name;'` sends a header without a value.
            if let Some(name) = line.strip_suffix(';') {
                self.headers.push((name.trim().to_owned(), String::new()));
            }
            return;
        };
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("cookie") {
            self.has_cookies = true;
        } else if is_of_the_browser(name) {
            self.say(
                "What a browser sets itself was left out: `Origin`, `User-Agent`, `Accept-Language` and the like.",
            );
        } else if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

fn basic(value: &str) -> String {
    match value.split_once(':') {
        Some((_, "")) => "`--user` with an empty password names a public client by HTTP Basic, which needs base64; a config has no functions. Send the name as `client_id` in the body instead: every provider of RFC 6749 takes it there.".to_owned(),
        _ => format!("`--user` sends a name and a password by HTTP Basic, usually a client and its secret. {NO_SECRET}"),
    }
}

fn is_of_the_browser(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "origin",
        "referer",
        "user-agent",
        "host",
        "connection",
        "content-length",
        "accept-encoding",
        "accept-language",
        "dnt",
        "te",
        "pragma",
        "cache-control",
        "priority",
        "upgrade-insecure-requests",
        "keep-alive",
        "via",
        "date",
        "transfer-encoding",
        "expect",
        "trailer",
        "upgrade",
        "alt-used",
        "if-none-match",
        "if-modified-since",
    ];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || ["sec-", "proxy-", "access-control-"].iter().any(|family| name.starts_with(family))
        || name.starts_with(':')
}

/// `name=content`, `=content`, `content`; `None` for a file.
fn urlencoded(value: &str) -> Option<String> {
    match value.split_once(['=', '@']) {
        Some((name, content)) if value.get(name.len()..)?.starts_with('=') => {
            let separator = if name.is_empty() { "" } else { "=" };
            Some([name, separator, &form_component(content)].concat())
        }
        Some(_) => None,
        None => Some(form_component(value)),
    }
}

/// So much of a word as tells which one is meant, and no query: secrets stand there.
fn shown(word: &str) -> String {
    let head = word.split(['?', '#']).next().unwrap_or(word);
    let mut shown: String = head.chars().take(40).collect();
    if shown.len() < word.len() {
        shown.push('…');
    }
    shown
}
