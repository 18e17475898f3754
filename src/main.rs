//! Loads the config, starts the flow, and lets the UI follow. Without a config that says what is wrong with it.

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: vestibule::browser::Memory = vestibule::browser::Memory::new();

#[cfg(target_arch = "wasm32")]
fn main() {
    use vestibule::{
        browser::{Arrival, ConfigProblem, Vestibule, comes_too_late, hand_over, load_config, say_version, spawn},
        ui::rise,
    };

    // A code in the address is nobody's business: it is gone from there before anything is waited for.
    let arrival = Arrival::take();
    spawn(async move {
        let config = load_config(&arrival).await;
        let is_for_operators = match &config {
            Ok(config) => config.session.panel,
            // Nothing to tell an operator: the network is gone, and would not bring the other app either.
            Err(ConfigProblem::Unreachable | ConfigProblem::PresetUnreachable { .. }) => false,
            Err(ConfigProblem::Missing | ConfigProblem::Html | ConfigProblem::Mistakes(_)) => true,
        };
        if comes_too_late() || (is_for_operators && hand_over(&arrival).await) {
            return;
        }
        say_version();
        rise(config.map(|config| Vestibule::begin(config, arrival))).await;
    });
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Vestibule runs in a browser. Start it with: cargo xtask serve");
    std::process::exit(2);
}
