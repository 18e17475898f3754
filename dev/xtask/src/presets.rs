//! The presets that `config.json` names, told by the page itself: they are fetched beside the config, not after it.
//!
//! It is a guess, and `src/begin.js` takes it for one: what a config that was written later names is fetched all the same.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::path::Path;

const PAGE: &str = "index.html";
const TAG: &str = "<html ";

/// Writes them into the page of `dist`, as `<html data-presets="NAME NAME">`. Without a config there are none.
///
/// # Errors
/// The config is no JSON, or the page has no beginning.
pub fn tell(dist: &Path) -> Result<()> {
    let Ok(config) = fs::read_to_string(dist.join("config.json")) else {
        return Ok(());
    };
    let names = named(&serde_json::from_str(&config).context("config.json in dist/ is not JSON")?);
    if names.is_empty() {
        return Ok(());
    }
    let page = fs::read_to_string(dist.join(PAGE))?;
    ensure!(page.matches(TAG).count() == 1, "{PAGE} does not begin with {TAG}");
    fs::write(dist.join(PAGE), page.replace(TAG, &format!("{TAG}data-presets=\"{}\" ", names.join(" "))))?;
    Ok(())
}

/// Every preset that a config names and that can stand in an attribute.
fn named(config: &Value) -> Vec<String> {
    let several = config.get("providers").and_then(Value::as_object).into_iter().flat_map(|all| all.values());
    let providers = config.get("provider").into_iter().chain(several);
    let names = providers.filter_map(|provider| provider.get("preset")?.as_str());
    let is_plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    names.filter(is_plain).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::named;
    use serde_json::json;

    #[test]
    fn the_presets_of_one_provider_and_of_several_are_named() {
        assert_eq!(named(&json!({ "provider": { "preset": "supabase" } })), ["supabase"]);
        let several =
            json!({ "providers": { "a": { "preset": "oidc" }, "b": { "sign_in": {} }, "c": { "preset": "\"><" } } });
        assert_eq!(named(&several), ["oidc"]);
        assert!(named(&json!({})).is_empty());
    }
}
