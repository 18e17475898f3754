//! A real nginx that serves the built app by what `cargo xtask headers --for nginx` prints, in a folder and on a port of its own.
//!
//! ```text
//! folder/dist/           a copy of the built app, with the test's own config.json
//! folder/vestibule.conf  what is printed, to the letter; where the module is there, brotli_static is turned on as it says
//! folder/nginx.conf      what nginx wants besides: a server that includes the other one
//! ```
//! It is one process, which runs as whoever runs the test and ends with it.

use crate::patience::PATIENCE;
use crate::site::built_app;
use hosting::{Base, Host, Rules};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where it will listen, before anybody knows what it serves.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    port: u16,
}

impl Place {
    /// A free port of 127.0.0.1.
    #[must_use]
    pub fn take() -> Self {
        match TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()) {
            Ok(address) => Self { port: address.port() },
            Err(error) => panic!("no port is free for nginx: {error}"),
        }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A running nginx. It ends when this is dropped.
pub struct Nginx {
    child: Child,
    folder: PathBuf,
    /// What it was told, as a host is.
    pub rules: Rules,
    /// Whether it sends what is packed with brotli.
    pub has_brotli: bool,
}

impl Nginx {
    /// Serves the built app with this config below that path.
    #[must_use]
    pub fn start(place: Place, config: &str, base: &Base) -> Self {
        let folder = crate::own_folder();
        let dist = folder.join("dist");
        copy(&built_app(), &dist);
        write(&dist.join("config.json"), config);
        let app = match hosting::read(&dist.join("config.json")) {
            Ok(app) => app,
            Err(mistakes) => panic!("nginx can serve no config that is wrong: {mistakes}"),
        };
        let rules = match Rules::of(&app, base.clone()) {
            Ok(rules) => rules,
            Err(problem) => panic!("{problem}"),
        };
        let module = std::env::var_os("VESTIBULE_NGINX_BROTLI").map(PathBuf::from).filter(|module| module.is_file());
        let mut printed = Host::Nginx.print(&rules, &dist.to_string_lossy());
        if module.is_some() {
            printed = printed.replace("# brotli_static on;", "brotli_static on;");
        }
        write(&folder.join("vestibule.conf"), &printed);
        write(&folder.join("nginx.conf"), &surroundings(&folder, place.port, module.as_deref()));
        let program = std::env::var_os("VESTIBULE_NGINX").unwrap_or_else(|| "nginx".into());
        let child = Command::new(&program)
            .arg("-p")
            .arg(&folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            // Until it has read where to write, it would write where only root may.
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stderr(log(&folder))
            .spawn();
        let child = match child {
            Ok(child) => child,
            Err(error) => panic!(
                "{} does not start: {error}; `cargo xtask test end-to-end` brings it and runs these tests",
                program.to_string_lossy()
            ),
        };
        let mut nginx = Self { child, folder, rules, has_brotli: module.is_some() };
        nginx.wait_for(place.port);
        nginx
    }

    /// The folder that it serves.
    #[must_use]
    pub fn dist(&self) -> PathBuf {
        self.folder.join("dist")
    }

    /// What it complained about.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("error.log")).unwrap_or_default()
    }

    fn wait_for(&mut self, port: u16) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let has_ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            assert!(!has_ended && began.elapsed() < PATIENCE, "nginx does not serve: {}", self.log());
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn surroundings(folder: &Path, port: u16, module: Option<&Path>) -> String {
    let folder = folder.display();
    let module = module.map(|module| format!("load_module \"{}\";\n", module.display())).unwrap_or_default();
    format!(
        "{module}daemon off;\nmaster_process off;\npid \"{folder}/pid\";\nerror_log stderr warn;\nevents {{ }}\nhttp {{\n    access_log \
         off;\n    client_body_temp_path \"{folder}/body\";\n    proxy_temp_path \"{folder}/proxy\";\n    fastcgi_temp_path \
         \"{folder}/fastcgi\";\n    uwsgi_temp_path \"{folder}/uwsgi\";\n    scgi_temp_path \"{folder}/scgi\";\n    server {{\n        \
         listen 127.0.0.1:{port};\n        include \"{folder}/vestibule.conf\";\n    }}\n}}\n"
    )
}

fn log(folder: &Path) -> Stdio {
    match fs::File::create(folder.join("error.log")) {
        Ok(file) => file.into(),
        Err(error) => panic!("nginx can have no log: {error}"),
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = || -> std::io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
            if path.is_dir() {
                copy(&path, &to.join(name));
            } else {
                fs::copy(&path, to.join(name))?;
            }
        }
        Ok(())
    };
    if let Err(error) = copied() {
        panic!("{} cannot be copied to {}: {error}", from.display(), to.display());
    }
}

fn write(file: &Path, text: &str) {
    if let Err(error) = fs::write(file, text) {
        panic!("{} cannot be written: {error}", file.display());
    }
}
