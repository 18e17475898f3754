//! A running provider, and a client that shows an answer as it came over the wire: also when none came.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use demo_provider::{Fault, Options, Provider, Running};
use serde_json::{Value, json};

pub const EMAIL: &str = "demo@example.com";
pub const PASSWORD: &str = "correct-horse";
pub const DIALECTS: [Dialect; 3] = [Dialect::GoTrue, Dialect::OAuth2, Dialect::SimpleJwt];

pub struct World {
    pub provider: Running,
}

impl World {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let options = Options { control: true, quiet: true, ..options };
        Self { provider: Provider::start(options).unwrap() }
    }

    pub fn get(&self, path: &str) -> Request<'_> {
        Request::new(self, "GET", path)
    }

    pub fn post(&self, path: &str) -> Request<'_> {
        Request::new(self, "POST", path)
    }

    pub fn ask(&self, method: &str, path: &str) -> Request<'_> {
        Request::new(self, method, path)
    }

    /// A sign-in that must succeed.
    pub fn signed_in(&self, dialect: Dialect) -> Tokens {
        dialect.tokens(&self.sign_in(dialect, EMAIL, PASSWORD))
    }

    pub fn sign_in(&self, dialect: Dialect, username: &str, password: &str) -> Answer {
        match dialect {
            Dialect::GoTrue => self
                .post("/auth/v1/token?grant_type=password")
                .header("apikey", "public")
                .json(&json!({ "email": username, "password": password })),
            Dialect::OAuth2 => self.post("/oauth/token").form(&[
                ("grant_type", "password"),
                ("client_id", "app"),
                ("username", username),
                ("password", password),
            ]),
            Dialect::SimpleJwt => self.post("/api/token/").json(&json!({ "username": username, "password": password })),
        }
        .send()
    }

    pub fn refresh_request(&self, dialect: Dialect, refresh_token: &str) -> Request<'_> {
        match dialect {
            Dialect::GoTrue => self
                .post("/auth/v1/token?grant_type=refresh_token")
                .header("apikey", "public")
                .json(&json!({ "refresh_token": refresh_token })),
            Dialect::OAuth2 => self.post("/oauth/token").form(&[
                ("grant_type", "refresh_token"),
                ("client_id", "app"),
                ("refresh_token", refresh_token),
            ]),
            Dialect::SimpleJwt => self.post("/api/token/refresh/").json(&json!({ "refresh": refresh_token })),
        }
    }

    pub fn refresh(&self, dialect: Dialect, refresh_token: &str) -> Answer {
        self.refresh_request(dialect, refresh_token).send()
    }

    /// Signs out, or revokes the refresh token, as the dialect does it.
    pub fn revoke(&self, dialect: Dialect, tokens: &Tokens) -> Answer {
        match dialect {
            Dialect::GoTrue => self.post("/auth/v1/logout").bearer(&tokens.access),
            Dialect::OAuth2 => self.post("/oauth/revoke").form(&[("token", &tokens.refresh), ("client_id", "app")]),
            Dialect::SimpleJwt => self.post("/api/token/blacklist/").json(&json!({ "refresh": tokens.refresh })),
        }
        .send()
    }

    /// The status that the protected API gives this access token.
    pub fn api_status(&self, access_token: &str) -> u16 {
        self.get("/api/me").bearer(access_token).send().status
    }

    pub fn pass(&self, seconds: u64) {
        self.provider.clock().advance(Duration::from_secs(seconds));
    }

    pub fn fault(&self, fault: &Value) {
        self.provider.add_fault(Fault::from_json(fault.to_string().as_bytes()).unwrap());
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    GoTrue,
    OAuth2,
    SimpleJwt,
}

impl Dialect {
    pub fn tokens(self, answer: &Answer) -> Tokens {
        assert_eq!(answer.status, 200, "{self:?}: {}", answer.body);
        let body = answer.json();
        let (access, refresh) = match self {
            Self::GoTrue | Self::OAuth2 => ("access_token", "refresh_token"),
            Self::SimpleJwt => ("access", "refresh"),
        };
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Tokens { access: text(access), refresh: text(refresh) }
    }

    /// What the dialect calls this refusal of a refresh token: status, code, and what a person may read.
    pub fn refusal(answer: &Answer) -> (u16, Value, Value) {
        let body = answer.json();
        let first = |names: [&str; 3]| {
            names.iter().map(|name| body[*name].clone()).find(|value| !value.is_null()).unwrap_or_default()
        };
        let code = first(["error", "error_code", "code"]);
        (answer.status, code, first(["error_description", "msg", "detail"]))
    }
}

pub struct Tokens {
    pub access: String,
    pub refresh: String,
}

/// The claims of an access token, unverified.
pub fn claims(access_token: &str) -> Value {
    let payload = access_token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

pub struct Request<'a> {
    world: &'a World,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl<'a> Request<'a> {
    fn new(world: &'a World, method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { world, method, path, headers: Vec::new(), body: String::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, access_token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {access_token}"))
    }

    pub fn body(mut self, content_type: &str, body: &str) -> Self {
        self.body = body.to_owned();
        self.header("Content-Type", content_type)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", &body.to_string())
    }

    pub fn form(self, parameters: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.body("application/x-www-form-urlencoded", &body)
    }

    /// The answer, which must come.
    pub fn send(self) -> Answer {
        self.try_send().expect("the connection was closed without an answer")
    }

    /// The answer, or nothing when the connection was closed before a single byte of one.
    pub fn try_send(self) -> Option<Answer> {
        let mut stream = self.open();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        (!bytes.is_empty()).then(|| Answer::parse(&String::from_utf8(bytes).unwrap()))
    }

    /// Sends the request and leaves without waiting for its answer.
    pub fn send_and_leave(self) {
        drop(self.open());
    }

    fn open(self) -> TcpStream {
        let Self { world, method, path, headers, body } = self;
        let headers: String = headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
        let (host, length) = (world.provider.address(), body.len());
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        let mut stream = TcpStream::connect(world.provider.address()).unwrap();
        // A provider that hangs fails the test instead of hanging it.
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let answer = Self { status, headers, body: body.to_owned() };
        let announced = answer.header("content-length").map(|length| length.parse::<usize>().unwrap());
        assert!(announced.is_none_or(|length| length == body.len()), "{text}");
        answer
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}
