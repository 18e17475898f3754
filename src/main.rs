//! Loads the config, starts the flow, mounts the app. Without a config it says what is wrong with it.

#[cfg(target_arch = "wasm32")]
fn main() {
    use vestibule::{
        browser::{Vestibule, hand_over, load_config, spawn},
        ui::{App, ConfigProblemPage, mount},
    };

    spawn(async {
        let config = load_config().await;
        if config.as_ref().map_or(true, |config| config.session.panel) && hand_over().await {
            return;
        }
        match config {
            Ok(config) => mount(move || {
                let vestibule = Vestibule::start(config);
                leptos::view! { <App vestibule/> }
            }),
            Err(problem) => mount(move || leptos::view! { <ConfigProblemPage problem/> }),
        }
    });
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Vestibule runs in a browser. Start it with: cargo xtask serve");
    std::process::exit(2);
}
