//! Loads the config, starts the flow, mounts the app. Without a config it says what is wrong with it.

#[cfg(target_arch = "wasm32")]
fn main() {
    use vestibule::{
        browser::{ConfigProblem, Vestibule, comes_too_late, hand_over, load_config, spawn},
        ui::{App, ConfigProblemPage, mount},
    };

    spawn(async {
        let config = load_config().await;
        let is_for_operators = match &config {
            Ok(config) => config.session.panel,
            // Nothing to tell an operator: the network is gone, and would not bring the other app either.
            Err(ConfigProblem::Unreachable | ConfigProblem::PresetUnreachable { .. }) => false,
            Err(ConfigProblem::Missing | ConfigProblem::Html | ConfigProblem::Mistakes(_)) => true,
        };
        if comes_too_late() || (is_for_operators && hand_over().await) {
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
