//! Commands as people have them: from documentations, from Chrome and from Firefox.

use serde_json::{Value, json};
use vestibule::setup::curl::{Drafted, Purpose, Typed, draft};

fn drafted(command: &str, purpose: Purpose) -> Drafted {
    draft(command, purpose, Typed::default()).unwrap_or_else(|refused| panic!("{refused}\n{command}"))
}

fn assert_drafts(purpose: Purpose, cases: &[(&str, Value)]) {
    for (command, expected) in cases {
        assert_eq!(drafted(command, purpose).request, *expected, "{command}");
    }
}

#[test]
fn what_was_pasted_is_never_printed() {
    let drafted = drafted("curl -H 'X-Hush: hush-hush' -d who=hush-hush https://x.example/y", Purpose::SignIn);
    assert!(drafted.request.to_string().contains("hush-hush"), "not recognised, and so not left out");
    assert!(!format!("{drafted:?}").contains("hush-hush"));
}

#[test]
fn sign_ins_become_requests_with_the_form_in_them() {
    let form = |method: &str, url: &str, body: Value| json!({ "method": method, "url": url, "form": body });
    let cases = [
        // Supabase's documentation.
        (
            r#"curl -X POST 'https://abc.supabase.co/auth/v1/token?grant_type=password' \
-H "apikey: SUPABASE_KEY" \
-H "Content-Type: application/json" \
-d '{
  "email": "someone@email.com",
  "password": "cxWNdoFQKPGPzqXcZJvK"
}'"#,
            json!({
                "method": "POST", "url": "https://abc.supabase.co/auth/v1/token?grant_type=password",
                "headers": { "apikey": "SUPABASE_KEY" },
                "json": { "email": "{{form.username}}", "password": "{{form.password}}" },
            }),
        ),
        // Keycloak's.
        (
            r#"curl \
  -d "client_id=myclient" \
  -d "username=user" \
  -d "password=p%40ss+word" \
  -d "grant_type=password" \
  "https://localhost:8080/realms/master/protocol/openid-connect/token""#,
            form(
                "POST",
                "https://localhost:8080/realms/master/protocol/openid-connect/token",
                json!({ "client_id": "myclient", "username": "{{form.username}}", "password": "{{form.password}}", "grant_type": "password" }),
            ),
        ),
        // FastAPI's interactive documentation.
        (
            r"curl -X 'POST' \
  'http://127.0.0.1:8000/token' \
  -H 'accept: application/json' \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -d 'grant_type=password&username=johndoe&password=secret&scope=&client_id=string'",
            json!({
                "method": "POST", "url": "http://127.0.0.1:8000/token", "headers": { "accept": "application/json" },
                "form": { "grant_type": "password", "username": "{{form.username}}", "password": "{{form.password}}",
                          "scope": "", "client_id": "string" },
            }),
        ),
        // Rails and devise.
        (
            r#"curl -XPOST -H "Content-Type: application/json" -d '{ "user": { "email": "test@example.com", "password": "12345678" } }' http://localhost:3000/users/sign_in"#,
            json!({ "method": "POST", "url": "http://localhost:3000/users/sign_in",
                    "json": { "user": { "email": "{{form.username}}", "password": "{{form.password}}" } } }),
        ),
        // Cognito.
        (
            r#"curl --location --request POST 'https://cognito-idp.eu-west-1.amazonaws.com' --header 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' --header 'Content-Type: application/x-amz-json-1.1' --data-raw '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"abc","AuthParameters":{"USERNAME":"me","PASSWORD":"x"}}'"#,
            json!({ "method": "POST", "url": "https://cognito-idp.eu-west-1.amazonaws.com",
                    "headers": { "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth" },
                    "content_type": "application/x-amz-json-1.1",
                    "json": { "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "abc",
                              "AuthParameters": { "USERNAME": "{{form.username}}", "PASSWORD": "{{form.password}}" } } }),
        ),
        // Copied by Firefox.
        (
            r#"curl 'https://api.example/login' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11)' -H 'Accept: application/json, text/plain, */*' -H 'Accept-Language: en-US,en;q=0.5' -H 'Content-Type: application/json' -H 'Origin: https://app.example' -H 'DNT: 1' -H 'Sec-Fetch-Dest: empty' --data-raw '{"login":"ada","pwd":"x"}'"#,
            json!({ "method": "POST", "url": "https://api.example/login",
                    "json": { "login": "{{form.username}}", "pwd": "{{form.password}}" } }),
        ),
        // Copied by Chrome, with its quotes for what no single quotes can hold.
        (
            r#"curl 'https://api.example/login' \
  -H 'accept: */*' \
  -H 'content-type: application/json' \
  -b 'sid=abc' \
  -H 'sec-ch-ua: "Chromium";v="130"' \
  --data-raw $'{"email":"o\'hara@example.com","password":"p\u0021"}'"#,
            json!({ "method": "POST", "url": "https://api.example/login", "credentials": "include",
                    "json": { "email": "{{form.username}}", "password": "{{form.password}}" } }),
        ),
        // Copied by Chrome for Windows.
        (
            "curl ^\"https://api.example/login?a=1^&b=2^\" ^\n  -H ^\"content-type: application/json^\" ^\n  --data-raw ^\"^{^\\^\"identifier^\\^\":^\\^\"a^\\^\",^\\^\"password^\\^\":^\\^\"b^\\^\"^}^\"",
            json!({ "method": "POST", "url": "https://api.example/login?a=1&b=2",
                    "json": { "identifier": "{{form.username}}", "password": "{{form.password}}" } }),
        ),
        // curl's own way to write JSON, and JSON that nobody called so.
        (
            r#"curl --json '{"username":"a",' --json '"password":"b"}' https://api.example/login -m 5.5"#,
            json!({ "method": "POST", "url": "https://api.example/login", "timeout_ms": 5000,
                    "json": { "username": "{{form.username}}", "password": "{{form.password}}" } }),
        ),
        (
            r#"$ curl -sSL api.example/login -d '{"username":"a","password":"b","remember":true,"n":1.50}'"#,
            json!({ "method": "POST", "url": "https://api.example/login",
                    "json": { "username": "{{form.username}}", "password": "{{form.password}}", "remember": true, "n": 1 } }),
        ),
        (
            "curl https://api.example/login --data-urlencode 'email=a+b@example.com' --data-urlencode \"password=p&ss\"",
            form(
                "POST",
                "https://api.example/login",
                json!({ "email": "{{form.username}}", "password": "{{form.password}}" }),
            ),
        ),
        (
            "curl -G https://api.example/login -d username=a -d password=b#c",
            json!({ "method": "GET", "url": "https://api.example/login?username={{form.username}}&password={{form.password}}" }),
        ),
    ];
    for (command, mut expected) in cases {
        let mut request = drafted(command, Purpose::SignIn).request;
        // A number keeps its digits, which the macro cannot write.
        if let Some(number) = request.pointer_mut("/json/n") {
            assert_eq!(number.to_string(), "1.50");
            *number = 1.into();
        }
        assert_eq!(request, expected.take(), "{command}");
    }
}

#[test]
fn what_the_operator_typed_is_recognised_under_any_name() {
    let command = r#"curl https://api.example/login --json '{"who":"ada","key":"hush","kind":"ada "}'"#;
    let typed = Typed { username: "ada", password: "hush" };
    let drafted = draft(command, Purpose::SignIn, typed).unwrap();
    assert_eq!(
        drafted.request["json"],
        json!({ "who": "{{form.username}}", "key": "{{form.password}}", "kind": "ada " })
    );
    assert!(drafted.said.is_empty(), "{:?}", drafted.said);
}

#[test]
fn requests_of_a_session_hold_its_tokens_by_name() {
    assert_drafts(
        Purpose::Refresh,
        &[
            (
                r#"curl https://api.example/refresh --json '{"refresh_token":"abc","device":"x"}'"#,
                json!({ "method": "POST", "url": "https://api.example/refresh",
                        "json": { "refresh_token": "{{session.refresh_token}}", "device": "x" } }),
            ),
            (
                "curl https://api.example/token -d grant_type=refresh_token -d refresh_token=abc -d client_id=web",
                json!({ "method": "POST", "url": "https://api.example/token",
                        "form": { "grant_type": "refresh_token", "refresh_token": "{{session.refresh_token}}", "client_id": "web" } }),
            ),
            (
                "curl -X POST https://api.example/refresh -H 'authorization: bearer abc'",
                json!({ "method": "POST", "url": "https://api.example/refresh", "authorized": true }),
            ),
        ],
    );
    assert_drafts(
        Purpose::UserInfo,
        &[(
            "curl https://api.example/me --oauth2-bearer abc",
            json!({ "method": "GET", "url": "https://api.example/me", "authorized": true }),
        )],
    );
    assert_drafts(
        Purpose::Revoke,
        &[(
            "curl https://api.example/revoke -d token=abc -d token_type_hint=refresh_token",
            json!({ "method": "POST", "url": "https://api.example/revoke",
                    "form": { "token": "{{session.refresh_token}}", "token_type_hint": "refresh_token" } }),
        )],
    );
    assert_drafts(
        Purpose::Query,
        &[
            (
                "curl 'https://api.example/orders?user=7&access_token=abc'",
                json!({ "method": "GET", "url": "https://api.example/orders?user=7", "authorized": true }),
            ),
            (
                "curl 'https://api.example/orders'",
                json!({ "method": "GET", "url": "https://api.example/orders", "authorized": false }),
            ),
        ],
    );
}

#[test]
fn another_scheme_than_bearer_becomes_the_way_the_token_is_carried() {
    let drafted = drafted("curl https://api.example/me -H 'Authorization: Token abc'", Purpose::UserInfo);
    assert_eq!(drafted.provider, json!({ "authorize": { "value": "Token {{session.access_token}}" } }));
    assert_eq!(drafted.request["authorized"], true);
}

#[test]
fn what_no_browser_app_can_or_may_do_is_refused_with_the_reason() {
    let cases = [
        ("", "no curl command"),
        ("wget https://x.example", "no curl command"),
        ("fetch(\"https://x.example\")", "Copy as cURL"),
        ("curl -v", "no address"),
        ("curl 'https://x.example", "never closed"),
        ("curl https://x.example -d", "has no value"),
        ("curl https://x.example Bearer abc", "two addresses"),
        ("curl https://x.example -F file=@a.png", "multipart/form-data"),
        ("curl https://x.example -T a.png", "sends a file"),
        ("curl https://x.example -d @body.json", "only your shell can read"),
        ("curl https://x.example --data-urlencode name@file", "only your shell can read"),
        ("curl https://x.example -K rc", "only your shell can read"),
        ("curl -I https://x.example", "HEAD"),
        ("curl -X PURGE https://x.example", "PURGE"),
        ("curl -X GET https://x.example -d a=b", "GET request cannot have a body"),
        ("curl ftp://x.example/", "https"),
        ("curl https://me:pass@x.example/", "client_secret"),
        ("curl -u web:s3cret https://x.example/token -d grant_type=password", "client_secret"),
        ("curl -u web: https://x.example/token", "public client"),
        ("curl https://x.example -H 'Authorization: Basic d2ViOnM='", "client_secret"),
        ("curl https://x.example -d client_id=a -d client_secret=b", "client_secret"),
        ("curl 'https://x.example?client_secret=b'", "client_secret"),
        ("curl https://x.example --json '{\"a\":{\"clientSecret\":\"b\"}}'", "client_secret"),
        ("curl https://x.example --json '{\"a\":'", "should be JSON"),
        ("curl https://x.example -H 'content-type: text/xml' -d '<a/>'", "neither JSON nor a form"),
        ("curl https://x.example -H 'content-type: multipart/form-data; boundary=x' -d x", "multipart"),
    ];
    for (command, reason) in cases {
        let refused = draft(command, Purpose::SignIn, Typed::default()).unwrap_err().to_string();
        assert!(refused.contains(reason), "{command}\n{refused}");
        assert!(!refused.contains("s3cret"), "{refused}");
    }
}

#[test]
fn what_is_left_out_is_said() {
    let cases = [
        ("curl -k https://x.example -d username=a -d password=b", "broken certificate"),
        ("curl -L https://x.example -d username=a -d password=b", "no redirect"),
        ("curl https://x.example -b sid=1 -d username=a -d password=b", "cookies"),
        ("curl https://x.example -H 'Cookie: sid=1' -d username=a -d password=b", "cookies"),
        ("curl https://x.example -A me -d username=a -d password=b", "browser sets itself"),
        ("curl x.example -d username=a -d password=b", "`https://` was put before it"),
        ("curl https://x.example -d username=a", "looks like the password"),
        ("curl https://x.example -d a=1 -d a=2 -d username=a -d password=b", "names `a` twice"),
        ("curl $API/login -d username=a -d password=b", "`$API` is a variable"),
        ("curl 'https://x.example?username=a&password=b'", "password stands in the address"),
        (
            "curl https://x.example -H 'apikey: k' -H 'Authorization: Bearer k' -d username=a -d password=b",
            "repeats the public key",
        ),
        ("curl https://x.example -H 'Authorization: Bearer k' -d username=a -d password=b", "no access token yet"),
    ];
    for (command, sentence) in cases {
        let said = drafted(command, Purpose::SignIn).said.join("\n");
        assert!(said.contains(sentence), "{command}\n{said}");
    }
}

#[test]
fn no_password_and_no_token_of_a_command_gets_into_the_request() {
    let sign_in = [
        "curl https://x.example --json '{\"email\":\"a\",\"password\":\"HUSH\"}' -H 'Authorization: Bearer HUSH' -b s=HUSH",
        "curl 'https://x.example?password=HUSH' -d username=a -d password=HUSH",
    ];
    let session = [
        "curl https://x.example -H 'Authorization: Bearer HUSH' -H 'Cookie: HUSH' -d refresh_token=HUSH",
        "curl 'https://x.example?access_token=HUSH&refresh_token=HUSH'",
        "curl https://x.example -H 'Authorization: Token HUSH' --json '{\"token\":\"HUSH\",\"refresh\":\"HUSH\"}'",
    ];
    let all = sign_in.map(|command| (command, Purpose::SignIn)).into_iter();
    for (command, purpose) in all.chain(session.map(|command| (command, Purpose::Refresh))) {
        let drafted = drafted(command, purpose);
        assert!(!format!("{drafted:?}").contains("HUSH"), "{drafted:?}");
    }
}
