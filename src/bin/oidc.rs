//! Sign-in by redirect (OpenID Connect), for the app: a program of its own, which it fetches where the config asks for it.

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This program runs in a browser. Build it with: cargo xtask build");
    std::process::exit(2);
}
