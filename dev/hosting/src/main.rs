//! `cargo xtask headers`: prints what a host needs to serve the app of one config.
//!
//! The rules go to the standard output, and nothing else does: it may be sent into a file. A config that is wrong is told as the app
//! tells it, every mistake with its place.

use hosting::{Base, Host, Rules, read, shown};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask headers --config FILE --for HOST [--base /sub/app/] [--also ORIGIN]... [--folder FOLDER] [--front-channel]

  --config FILE      the config.json that is to be served; presets are looked for in presets/ beside it
  --for HOST         nginx, caddy, apache, netlify, cloudflare, or meta: what a page can say by itself
  --base PATH        where the app lies on the host, if not at its root
  --also ORIGIN      whom the app may talk to besides those in the config, like https://api.example; once for each
  --folder FOLDER    where the files of dist/ lie on the host (default: /var/www/vestibule)
  --front-channel    lets the provider sign people out by the front channel
";

/// What was asked for.
struct Wish {
    config: PathBuf,
    host: Host,
    base: Base,
    also: Vec<String>,
    folder: String,
    has_front_channel: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Wish::read(&arguments).and_then(Wish::grant) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{}", problem.trim_end());
            ExitCode::FAILURE
        }
    }
}

impl Wish {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let (mut config, mut host, mut base, mut also) = (None, None, Base::root(), Vec::new());
        let (mut folder, mut has_front_channel) = ("/var/www/vestibule".to_owned(), false);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().ok_or_else(|| format!("`{word}` needs a value\n\n{USAGE}"));
            match word.as_str() {
                "--config" => config = Some(PathBuf::from(value()?)),
                "--for" => host = Some(host_called(&value()?)?),
                "--base" => base = Base::parse(&value()?).map_err(|problem| problem.to_string())?,
                "--also" => also.push(value()?),
                "--folder" => folder = plain_folder(value()?)?,
                "--front-channel" => has_front_channel = true,
                unknown => return Err(format!("`headers` knows no `{unknown}`\n\n{USAGE}")),
            }
        }
        let config = config.ok_or_else(|| format!("which config is it for? Say `--config FILE`.\n\n{USAGE}"))?;
        let host = host.ok_or_else(|| format!("whom is it for? Say `--for HOST`.\n\n{USAGE}"))?;
        Ok(Self { config, host, base, also, folder, has_front_channel })
    }

    fn grant(self) -> Result<String, String> {
        let app = read(&self.config).map_err(|mistakes| shown(&self.config, &mistakes))?;
        let mut rules = Rules::of(&app, self.base).map_err(|problem| problem.to_string())?;
        for origin in &self.also {
            rules.also(origin).map_err(|problem| problem.to_string())?;
        }
        if self.has_front_channel {
            rules.let_providers_sign_out();
        }
        Ok(self.host.print(&rules, &self.folder))
    }
}

fn host_called(name: &str) -> Result<Host, String> {
    Host::ALL.into_iter().find(|host| host.name() == name).ok_or_else(|| {
        let names = Host::ALL.map(Host::name).join(", ");
        format!("there are no rules for `{name}`; there are some for {names}")
    })
}

/// It stands between quotes in the config of a host.
fn plain_folder(folder: String) -> Result<String, String> {
    let is_plain = |c: char| !c.is_control() && !"\"'\\$`{};".contains(c);
    if folder.starts_with('/') && folder.chars().all(is_plain) {
        Ok(folder)
    } else {
        Err(format!(
            "`{folder}` cannot be named in the config of a host: write a path that begins with `/`, without quotes, `\\`, `$`, `;` and braces"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;

    fn refusal(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Wish::read(&words).and_then(Wish::grant).err().unwrap_or_default()
    }

    #[test]
    fn what_is_missing_or_unknown_is_told_with_what_to_say() {
        assert!(refusal(&[]).contains("--config FILE"));
        assert!(refusal(&["--config", "config.json"]).contains("--for HOST"));
        assert!(refusal(&["--for", "iis"]).contains("`iis`; there are some for nginx, caddy"));
        assert!(refusal(&["--for"]).contains("`--for` needs a value"));
        assert!(refusal(&["--frob"]).contains("`--frob`"));
        assert!(refusal(&["--base", "/a b/"]).contains("/sub/app/"));
        assert!(refusal(&["--folder", "dist"]).contains("`dist`"));
        assert!(refusal(&["--folder", "/a\"; }"]).contains("cannot be named"));
    }

    #[test]
    fn a_file_that_is_not_there_is_told_as_the_app_tells_it() {
        let said = refusal(&["--config", "/nowhere/config.json", "--for", "nginx"]);
        assert!(said.contains("There is no file at /nowhere/config.json"), "{said}");
    }
}
