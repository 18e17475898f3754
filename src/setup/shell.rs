//! A command line as its words: what a shell would make of it, without running anything.
//!
//! | written | by | means |
//! |---|---|---|
//! | `'…'` | bash | as it stands |
//! | `"…"` | bash | `\"`, `\\`, `` \` ``, `\$` are escapes |
//! | `$'…'` | bash, Chrome, Firefox | `\n`, `\'`, `\xHH`, `\uHHHH` and so on |
//! | `\` and the end of a line | bash | nothing |
//! | `^` and a character | Chrome's "Copy as cURL (cmd)" | the character |
//!
//! The command ends at a `;`, `|`, `<` or `>` that stands alone. Variables are not known here: their names stay, and are told.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// The words of one command. Its `Debug` shows how many: a password or a token may be one of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// In order.
    pub words: Vec<String>,
    /// Names of variables whose values only the shell knows.
    pub variables: Vec<String>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("count", &self.words.len()).field("variables", &self.variables).finish()
    }
}

/// Cuts a command line into words. `None`: a quote is never closed.
#[must_use]
pub fn words(line: &str) -> Option<Words> {
    let is_cmd = line.contains("^\"") || line.lines().any(|line| line.trim_end().ends_with('^'));
    let bare = if is_cmd { without_carets(line) } else { line.to_owned() };
    let mut found = Words::default();
    let mut word: Option<String> = None;
    let mut rest = bare.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' if skips_line_end(&mut rest) => {}
            '\\' if !is_cmd => word.get_or_insert_default().extend(rest.next()),
            '\'' if !is_cmd => loop {
                match rest.next()? {
                    '\'' => {
                        word.get_or_insert_default();
                        break;
                    }
                    c => word.get_or_insert_default().push(c),
                }
            },
            '"' => double_quoted(&mut rest, word.get_or_insert_default(), is_cmd, &mut found.variables)?,
            '$' if !is_cmd && rest.next_if_eq(&'\'').is_some() => {
                escaped(&mut rest, word.get_or_insert_default())?;
            }
            '$' if !is_cmd && rest.peek() == Some(&'"') => {}
            '$' if !is_cmd => variable(&mut rest, word.get_or_insert_default(), &mut found.variables),
            // The address of somebody who forgot the quotes goes on; a command that is followed by another does not.
            ';' | '|' | '<' | '>' | '&' if word.is_none() => break,
            c if c.is_whitespace() => found.words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    found.words.extend(word);
    Some(found)
}

/// Whether what follows the backslash is the end of a line, which is then gone.
fn skips_line_end(rest: &mut Peekable<Chars<'_>>) -> bool {
    let mut ahead = rest.clone();
    // A blank behind the backslash is what copying out of a page leaves.
    while ahead.next_if(|c| matches!(c, ' ' | '\t' | '\r')).is_some() {}
    let is_end = ahead.next_if_eq(&'\n').is_some();
    if is_end {
        *rest = ahead;
    }
    is_end
}

fn double_quoted(
    rest: &mut Peekable<Chars<'_>>,
    word: &mut String,
    is_cmd: bool,
    variables: &mut Vec<String>,
) -> Option<()> {
    loop {
        match rest.next()? {
            // Windows' way to write one quote.
            '"' if is_cmd && rest.next_if_eq(&'"').is_some() => word.push('"'),
            '"' => return Some(()),
            '\\' => match rest.next()? {
                '\n' if !is_cmd => {}
                c @ ('"' | '\\') => word.push(c),
                c @ ('$' | '`') if !is_cmd => word.push(c),
                c => word.extend(['\\', c]),
            },
            '$' if !is_cmd => variable(rest, word, variables),
            c => word.push(c),
        }
    }
}

/// Behind `$'`, up to its closing quote (the escapes of C).
fn escaped(rest: &mut Peekable<Chars<'_>>, word: &mut String) -> Option<()> {
    loop {
        match rest.next()? {
            '\'' => return Some(()),
            '\\' => match rest.next()? {
                'n' => word.push('\n'),
                't' => word.push('\t'),
                'r' => word.push('\r'),
                'a' => word.push('\u{7}'),
                'b' => word.push('\u{8}'),
                'e' | 'E' => word.push('\u{1b}'),
                'f' => word.push('\u{c}'),
                'v' => word.push('\u{b}'),
                'x' => word.extend(number(rest, 16, 2)),
                'u' => word.extend(number(rest, 16, 4)),
                'U' => word.extend(number(rest, 16, 8)),
                first @ '0'..='7' => {
                    let mut value = first.to_digit(8)?;
                    for _ in 0..2 {
                        let Some(digit) = rest.peek().and_then(|c| c.to_digit(8)) else { break };
                        value = value * 8 + digit;
                        rest.next();
                    }
                    word.extend(char::from_u32(value));
                }
                c @ ('\\' | '\'' | '"' | '?') => word.push(c),
                c => word.extend(['\\', c]),
            },
            c => word.push(c),
        }
    }
}

fn number(rest: &mut Peekable<Chars<'_>>, radix: u32, longest: usize) -> Option<char> {
    let mut value = 0_u32;
    for _ in 0..longest {
        let Some(digit) = rest.peek().and_then(|c| c.to_digit(radix)) else { break };
        value = value.checked_mul(radix)?.checked_add(digit)?;
        rest.next();
    }
    char::from_u32(value)
}

/// Behind a `$`: the name of a variable stays as it is written.
fn variable(rest: &mut Peekable<Chars<'_>>, word: &mut String, variables: &mut Vec<String>) {
    word.push('$');
    let braced = rest.next_if_eq(&'{').is_some();
    let mut name = String::new();
    while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
        name.push(c);
    }
    if braced {
        word.push('{');
    }
    word.push_str(&name);
    if braced && rest.next_if_eq(&'}').is_some() {
        word.push('}');
    }
    if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && !variables.contains(&name) {
        variables.push(name);
    }
}

/// Undoes the carets of Windows' command prompt.
fn without_carets(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '^' {
            out.push(c);
            continue;
        }
        while rest.next_if_eq(&'\r').is_some() {}
        match rest.next() {
            // The second of two is the line end that was meant.
            Some('\n') => out.extend(rest.next_if_eq(&'\n')),
            Some(c) => out.push(c),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::words;

    fn cut(line: &str) -> Vec<String> {
        words(line).unwrap().words
    }

    #[test]
    fn a_command_is_never_printed() {
        let found = words("curl -d password=hush-hush https://x/$TOKEN").unwrap();
        let printed = format!("{found:?}");
        assert!(printed.contains("TOKEN") && !printed.contains("hush"), "{printed}");
    }

    #[test]
    fn words_are_cut_as_a_shell_cuts_them() {
        let cases: [(&str, &[&str]); 13] = [
            ("a  b\tc\n", &["a", "b", "c"]),
            (r"a\ b 'c d' e'f'g", &["a b", "c d", "efg"]),
            (r#""a \"b\" \\ \$x \n" ''"#, &[r#"a "b" \ $x \n"#, ""]),
            ("a \\\n  b \\\r\n c \\ \n d", &["a", "b", "c", "d"]),
            (r"'don'\''t'", &["don't"]),
            (r"$'a\n\t\'\\\x41\u00e9\U0001F600\101'", &["a\n\t'\\A\u{e9}\u{1f600}A"]),
            ("curl https://x/y?a=1&b=2 -v", &["curl", "https://x/y?a=1&b=2", "-v"]),
            ("curl x | jq .", &["curl", "x"]),
            ("curl x > out.json", &["curl", "x"]),
            ("curl x ; curl y", &["curl", "x"]),
            ("curl ^\"https://x/^\" ^\n  -H ^\"a: b^\"", &["curl", "https://x/", "-H", "a: b"]),
            ("curl ^\"x^\" --data-raw ^\"^{^\\^\"a^\\^\":1^}^\"", &["curl", "x", "--data-raw", "{\"a\":1}"]),
            ("curl \"x\" ^\n --data-raw \"{\"\"a\"\":1}\"", &["curl", "x", "--data-raw", "{\"a\":1}"]),
        ];
        for (line, expected) in cases {
            assert_eq!(cut(line), expected, "{line}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_noticed() {
        for line in ["curl 'x", "curl \"x", "curl $'x", "curl \"x\\"] {
            assert_eq!(words(line), None, "{line}");
        }
    }

    #[test]
    fn variables_are_told_and_stay() {
        let found = words(r#"curl "$API/x" -H "key: ${KEY}" '$NOT' \$NOT $"#).unwrap();
        assert_eq!(found.variables, ["API", "KEY"]);
        assert_eq!(found.words, ["curl", "$API/x", "-H", "key: ${KEY}", "$NOT", "$NOT", "$"]);
    }
}
