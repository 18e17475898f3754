//! Which language is spoken: the config's, the browser's, or the one that somebody picks; and what the config says instead.

use end_to_end::browser::Browser;
use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, play};
use serde_json::json;

/// What the login page's own button says.
const BUTTON: &str = "form#login button[type=submit]";
const SWITCH: &str = "select.language";

/// A script that makes a browser's owner read these languages.
fn reading(languages: &str) -> String {
    format!("Object.defineProperty(navigator, 'languages', {{ get: () => {languages}, configurable: true }});")
}

/// Picks a language as a person does.
async fn pick(browser: &Browser, language: &str) {
    let script = "const select = document.querySelector(arguments[0]); select.value = arguments[1]; \
         select.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.ask(script, &[SWITCH.into(), language.into()]).await;
}

async fn wait_for_language(browser: &Browser, language: &str) {
    browser.wait_for(&format!("html[lang=\"{language}\"]")).await;
}

#[test]
fn the_config_s_language_is_spoken_whatever_the_browser_reads() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["app"]["locale"] = json!("de-AT"));
    play(setup, async |stage| {
        stage.run_before_every_page(&reading("['fr', 'en']"));
        stage.open("/").await;
        stage.wait_for_login().await;
        wait_for_language(&stage.browser, "de").await;
        assert_eq!(stage.browser.text(BUTTON).await, "Anmelden");
        assert_eq!(stage.browser.text("label[for=login-password]").await, "Passwort");
        stage.browser.click(BUTTON).await;
        let hints = stage.browser.wait_for_text(".hint.wrong").await;
        assert!(hints.contains("Bitte eingeben."), "{hints}");
        stage.submit(MEMBER.username, "not the password").await;
        let message = stage.browser.wait_for_text("#login-message").await;
        assert_eq!(message, "Diese Anmeldedaten sind falsch. Prüfen Sie sie und versuchen Sie es erneut.");
        stage.sign_in_as(MEMBER).await;
        assert_eq!(stage.browser.text("[data-action=sign-out]").await, "Abmelden");
    });
}

#[test]
fn arabic_runs_from_right_to_left_and_names_do_not() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.run_before_every_page(&reading("['nl', 'ar-EG', 'en']"));
        stage.open("/").await;
        stage.wait_for_login().await;
        stage.browser.wait_for("html[lang=ar][dir=rtl]").await;
        assert_eq!(stage.browser.text(BUTTON).await, "تسجيل الدخول");
        let directions = "return ['username', 'password'].map(name => \
             getComputedStyle(document.querySelector(`input[name=${name}]`)).direction).join();";
        assert_eq!(stage.browser.ask(directions, &[]).await, json!("ltr,ltr"));
        stage.keep_picture("login").await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        stage.keep_picture("orders").await;
    });
}

#[test]
fn a_language_is_changed_in_place_and_kept() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open("/").await;
        stage.wait_for_login().await;
        assert_eq!(stage.browser.text(BUTTON).await, "Sign in");
        stage.browser.type_into("input[name=username]", "half ty").await;
        stage.browser.ask("window.isTheSame = document.querySelector('form#login');", &[]).await;
        for (language, says) in
            [("ja", "サインイン"), ("fr", "Se connecter"), ("en", "Sign in"), ("es", "Iniciar sesión")]
        {
            pick(&stage.browser, language).await;
            wait_for_language(&stage.browser, language).await;
            assert_eq!(stage.browser.text(BUTTON).await, says);
        }
        assert_eq!(stage.browser.value("input[name=username]").await, "half ty");
        let is_same = "return window.isTheSame === document.querySelector('form#login');";
        assert_eq!(stage.browser.ask(is_same, &[]).await, json!(true));
        stage.browser.wait_until("the title", "document.title.startsWith('Iniciar sesión')").await;
        stage.browser.reload().await;
        stage.wait_for_login().await;
        assert_eq!(stage.browser.text(BUTTON).await, "Iniciar sesión");
        assert_eq!(stage.browser.value(SWITCH).await, "es");
    });
}

#[test]
fn a_language_that_cannot_be_had_leaves_english() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.site.leave_out("texts/ar.json");
        stage.run_before_every_page(&reading("['ar']"));
        stage.open("/").await;
        stage.wait_for_login().await;
        assert_eq!(stage.browser.text(BUTTON).await, "Sign in");
        stage.browser.wait_for("html[lang=en][dir=ltr]").await;
        // Nor does picking it change anything.
        pick(&stage.browser, "de").await;
        wait_for_language(&stage.browser, "de").await;
        pick(&stage.browser, "ar").await;
        stage
            .browser
            .wait_until("the switch to go back", "document.querySelector('select.language').value === 'de'")
            .await;
        assert_eq!(stage.browser.text(BUTTON).await, "Anmelden");
    });
}

#[test]
fn the_form_is_painted_in_the_reader_s_language_before_the_app_is_there() {
    let setup = Setup::of(Dialect::DjangoSimpleJwt).edit(|config| {
        config["app"]["texts"] = json!({ "sign_in_lead": { "ar": "أهلًا بك" } });
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.run_before_every_page(&reading("['ar-EG', 'de']"));
        stage.site.hold(".wasm");
        stage.open("/login").await;
        browser.wait_for("html[lang=ar][dir=rtl]").await;
        let labels = "return ['label[for=login-username]', 'label[for=login-password]', 'form#login button[type=submit]'] \
             .map(one => document.querySelector(one).innerText).join();";
        let early = browser.ask(labels, &[]).await;
        assert_eq!(early, json!("اسم المستخدم,كلمة المرور,تسجيل الدخول"));
        browser.wait_until("the config's own text", "document.querySelector('.lead').innerText === 'أهلًا بك'").await;
        browser.type_into("input[name=username]", MEMBER.username).await;
        stage.site.release();
        stage.wait_for_login().await;
        assert_eq!(browser.ask(labels, &[]).await, early);
        assert_eq!(browser.text(".lead").await, "أهلًا بك");
        assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
        // Fetched side by side with the app, so that nobody waits for it.
        assert_eq!(stage.site.counts().get("/texts/ar.json"), Some(&1));
        assert_eq!(stage.site.counts().get("/texts/en.json"), None);
    });
}

#[test]
fn the_config_s_own_texts_are_said_in_their_languages() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["app"]["languages"] = json!(["en", "de"]);
        config["app"]["texts"] = json!({
            "sign_in_lead": { "en": "Welcome to Acme.", "de": "Willkommen bei Acme." },
            "email": "Staff address",
        });
    });
    play(setup, async |stage| {
        stage.run_before_every_page(&reading("['fr', 'de']"));
        stage.open("/").await;
        stage.wait_for_login().await;
        assert_eq!(stage.browser.text(".lead").await, "Willkommen bei Acme.");
        assert_eq!(stage.browser.text("label[for=login-username]").await, "Staff address");
        assert_eq!(stage.browser.text(BUTTON).await, "Anmelden");
        assert_eq!(stage.browser.text(SWITCH).await.lines().map(str::trim).collect::<Vec<_>>(), ["English", "Deutsch"]);
        pick(&stage.browser, "en").await;
        wait_for_language(&stage.browser, "en").await;
        assert_eq!(stage.browser.text(".lead").await, "Welcome to Acme.");
        assert_eq!(stage.browser.text("label[for=login-username]").await, "Staff address");
    });
}

#[test]
fn a_text_that_there_is_not_is_told_to_whoever_wrote_the_file() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["app"]["texts"] = json!({ "sing_in": "Log in" }));
    play(setup, async |stage| {
        stage.open("/").await;
        let page = stage.browser.wait_for_text(".mistakes").await;
        assert!(page.contains("/app/texts/sing_in") && page.contains("did you mean sign_in?"), "{page}");
    });
}
