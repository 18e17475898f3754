//! Requests without a browser, for what somebody with a stolen token would try.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    headers: HeaderMap,
    /// The body, where it is text.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Every value of a header, in the order in which they came.
    #[must_use]
    pub fn header(&self, name: &str) -> Vec<String> {
        self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
    }

    /// The body as JSON; `null` where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Sends one request and reads its answer.
pub async fn ask(method: Method, url: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = match request.body(Body::from(body)) {
        Ok(request) => request,
        Err(error) => panic!("{url} cannot be asked: {error}"),
    };
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let answer = match client.request(request).await {
        Ok(answer) => answer,
        Err(error) => panic!("{url} did not answer: {error}"),
    };
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    match answer.into_body().collect().await {
        Ok(body) => {
            let bytes = body.to_bytes().to_vec();
            Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
        }
        Err(error) => panic!("the answer of {url} broke off: {error}"),
    }
}
