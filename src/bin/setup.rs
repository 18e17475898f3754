//! The page for operators: `setup.html`, a bundle of its own. The app never loads it, and a deployer may leave it out.

#[cfg(target_arch = "wasm32")]
fn main() {
    vestibule::ui::mount_setup();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This page runs in a browser. Build it with: cargo xtask build");
    std::process::exit(2);
}
