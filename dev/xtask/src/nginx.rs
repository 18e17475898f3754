//! nginx, which the end-to-end tests have serve the app as `headers` prints it: found, or unpacked from Debian's packages.
//!
//! It is not installed: Debian's package would start a server on port 80 of the machine. What a variable names wins; then what `PATH`
//! has, or the system, where users often do not look.

use crate::chromium::named;
use crate::process::{self, on_path};
use crate::tools;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: [&str; 2] = ["nginx", "libnginx-mod-http-brotli-static"];
const PROGRAM: &str = "usr/sbin/nginx";
const BROTLI: &str = "usr/lib/nginx/modules/ngx_http_brotli_static_module.so";
const WITHOUT: &str = "Install nginx, and put it on PATH or name it in VESTIBULE_NGINX.";

/// The variables by which the end-to-end tests know it. Where its module for brotli is not there, they do without.
///
/// # Errors
/// It is missing and cannot be unpacked, or does not run; the text says what to do.
pub fn find_or_unpack() -> Result<Vec<(&'static str, PathBuf)>> {
    let on_system = || Some(Path::new("/").join(PROGRAM)).filter(|program| process::is_executable(program));
    let found = named("VESTIBULE_NGINX")?.or_else(|| on_path("nginx")).or_else(on_system);
    let (program, module) = if let Some(program) = found {
        (program, std::env::var_os("VESTIBULE_NGINX_BROTLI").map_or_else(|| Path::new("/").join(BROTLI), PathBuf::from))
    } else {
        let home = tools::cache()?.join("nginx");
        let program = home.join(PROGRAM);
        if !process::is_executable(&program) {
            let why = "the tests have it serve the app (once, a few seconds; nothing is installed)";
            tools::unpack_by_apt(&PACKAGES, &home, Path::new(PROGRAM), why, WITHOUT)?;
        }
        (program, home.join(BROTLI))
    };
    // It says so on its standard error output.
    let runs = Command::new(&program).arg("-v").output().is_ok_and(|output| output.status.success());
    runs.then_some(()).with_context(|| format!("{} does not run. {WITHOUT}", program.display()))?;
    let mut variables = vec![("VESTIBULE_NGINX", program)];
    if module.is_file() {
        variables.push(("VESTIBULE_NGINX_BROTLI", module));
    }
    Ok(variables)
}
