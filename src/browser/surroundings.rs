//! What a page finds around it that bindings may name: the query string of its address, and the cookies that it may read.

/// The query string of the address bar, for `{{url.NAME}}`.
pub fn address_parameters() -> Vec<(String, String)> {
    let query = web_sys::window().and_then(|window| window.location().search().ok());
    query_pairs(&query.unwrap_or_default())
}

/// The cookies that the page may read, for `{{cookie.NAME}}`.
pub fn cookies() -> String {
    let document = web_sys::window().and_then(|window| window.document());
    document
        .and_then(|document| js_sys::Reflect::get(&document, &"cookie".into()).ok()?.as_string())
        .unwrap_or_default()
}

/// The pairs of a query string, decoded once, with or without its `?`.
#[must_use]
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    let Ok(parameters) = web_sys::UrlSearchParams::new_with_str(query) else { return Vec::new() };
    js_sys::Array::from(&parameters)
        .iter()
        .filter_map(|pair| {
            let pair = js_sys::Array::from(&pair);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .collect()
}
