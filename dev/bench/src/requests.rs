//! What the page asked for: the requests of one load in order, read from the browser's Network events.

use serde_json::Value;
use std::collections::HashMap;

/// One request. Times are seconds of the browser's own clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Method and address.
    pub name: String,
    /// When the page wanted it.
    pub begun_at: f64,
    /// When it was sent to the last byte.
    pub sent_at: Option<f64>,
    /// When the last byte of the answer was there.
    pub ended_at: Option<f64>,
    /// Bytes of the answer on the wire.
    pub bytes: f64,
}

/// Every request over the network among what the browser told, in the order of their beginning. What is in the address
/// itself (`data:`) is none, and no page waits for an icon.
pub fn read(told: &[Value]) -> Vec<Asked> {
    let mut open: HashMap<&str, Asked> = HashMap::new();
    let mut asked = Vec::new();
    for message in told {
        let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
        let number = |pointer: &str| message.pointer(pointer).and_then(Value::as_f64);
        let (Some(method), Some(id)) = (text("/method"), text("/params/requestId")) else {
            continue;
        };
        match method {
            "Network.requestWillBeSent" => {
                let (Some(verb), Some(url)) = (text("/params/request/method"), text("/params/request/url")) else {
                    continue;
                };
                if !url.starts_with("http") || url.contains("/favicon") {
                    continue;
                }
                let begun_at = number("/params/timestamp").unwrap_or_default();
                // A redirect goes on under the same name.
                if let Some(mut before) = open.remove(id) {
                    before.ended_at = Some(begun_at);
                    asked.push(before);
                }
                open.insert(id, Asked { name: format!("{verb} {url}"), begun_at, ..Asked::default() });
            }
            "Network.responseReceived" => {
                let sent_at = number("/params/response/timing/requestTime")
                    .zip(number("/params/response/timing/sendEnd"))
                    .map(|(begun, after)| begun + after / 1000.0);
                if let Some(request) = open.get_mut(id) {
                    request.sent_at = sent_at;
                }
            }
            "Network.loadingFinished" => {
                if let Some(mut request) = open.remove(id) {
                    request.ended_at = number("/params/timestamp");
                    request.bytes = number("/params/encodedDataLength").unwrap_or_default();
                    asked.push(request);
                }
            }
            "Network.loadingFailed" => {
                if let Some(mut request) = open.remove(id) {
                    request.ended_at = number("/params/timestamp");
                    asked.push(request);
                }
            }
            _ => {}
        }
    }
    asked.extend(open.into_values());
    asked.sort_by(|one, other| one.begun_at.total_cmp(&other.begun_at));
    asked
}

/// Those that had begun by then.
pub fn begun_by(asked: &[Asked], time: f64) -> impl Iterator<Item = &Asked> {
    asked.iter().filter(move |request| request.begun_at <= time)
}

/// The longest chain of requests of which each began when the one before it had ended, all ended by then: what was waited
/// for one after the other.
pub fn longest_chain(asked: &[Asked], time: f64) -> Vec<&Asked> {
    let mut ended: Vec<(&Asked, f64)> =
        asked.iter().filter_map(|request| Some((request, request.ended_at.filter(|end| *end <= time)?))).collect();
    ended.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut chain = Vec::new();
    let mut free_at = f64::MIN;
    for (request, ended_at) in ended {
        if request.begun_at >= free_at {
            chain.push(request);
            free_at = ended_at;
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::{Asked, longest_chain, read};
    use serde_json::json;

    fn asked(name: &str, begun_at: f64, ended_at: f64) -> Asked {
        Asked { name: name.into(), begun_at, ended_at: Some(ended_at), ..Asked::default() }
    }

    #[test]
    fn the_longest_chain_counts_what_was_waited_for_and_not_what_ran_beside_it() {
        let all = [
            asked("page", 0.0, 1.0),
            asked("script", 1.1, 4.0),
            asked("style", 1.1, 2.0),
            asked("config", 4.1, 5.0),
            asked("preset", 5.1, 6.0),
            asked("late", 6.1, 9.0),
        ];
        let names = |time| longest_chain(&all, time).iter().map(|request| request.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(7.0), ["page", "style", "config", "preset"]);
        assert_eq!(names(4.5), ["page", "style"]);
    }

    #[test]
    fn requests_are_put_together_from_what_the_browser_tells() {
        let request = |method, url| json!({ "method": method, "url": url });
        let told = [
            json!({ "method": "Network.requestWillBeSent", "params":
                { "requestId": "1", "timestamp": 1.0, "request": request("GET", "http://a/") } }),
            json!({ "method": "Network.requestWillBeSent", "params":
                { "requestId": "2", "timestamp": 1.5, "request": request("GET", "data:,") } }),
            json!({ "method": "Network.responseReceived", "params":
                { "requestId": "1", "response": { "timing": { "requestTime": 1.0, "sendEnd": 250.0 } } } }),
            json!({ "method": "Network.loadingFinished", "params":
                { "requestId": "1", "timestamp": 2.0, "encodedDataLength": 7 } }),
        ];
        let expected =
            Asked { name: "GET http://a/".into(), begun_at: 1.0, sent_at: Some(1.25), ended_at: Some(2.0), bytes: 7.0 };
        assert_eq!(read(&told), [expected]);
    }
}
