// Runs beside the parser, and before the first paint: nothing of the page is seen until this has decided what. It shows the form
// that index.html holds, unless somebody may be signed in, and keeps what is done to it until the app takes it over
// (src/ui/markup.rs, `painted`). What the first frame needs nothing of is in src/begin.js.
//
//   html[data-painted]    "form": the form is shown, and "whole": with what the config says of it; "quiet": somebody may be signed in,
//                         or comes back from a provider
//   [data-early]          the painted page, until the app takes it over; "submitted": its form was sent; "sent": that was carried out
//   early                 the config, its presets and the texts, by path: [status, content type, text]
//   insist(step)          does it until it can be done, and says so where it cannot
(() => {
  const root = document.documentElement;
  const page = () => document.querySelector("[data-early]");
  const isFramed = top !== self;
  const comesBack = /[?&](code|state|error)=/.test(location.search);
  let isKnown = false;
  let picked;
  try {
    // A record of a session; which app it is of, only the config tells.
    const stored = [localStorage, sessionStorage].flatMap(Object.entries);
    isKnown = stored.some(([key, value]) => key.startsWith("vestibule:") && value.startsWith("{"));
    const theme = localStorage.getItem("vestibule:theme");
    if (/^(light|dark)$/.test(theme)) root.dataset.theme = theme;
    picked = localStorage.getItem("vestibule:language");
  } catch {
    // Storage is blocked: nobody is signed in.
  }
  const isQuiet = isFramed || comesBack || isKnown;
  root.dataset.painted = isQuiet ? "quiet" : "form";

  const isParsed = new Promise((parsed) => {
    if (document.readyState !== "loading") parsed();
    addEventListener("DOMContentLoaded", parsed);
  });
  // A key that is pressed at once waits for nothing of what comes next. In a tab that nobody looks at, nothing is painted.
  const isPainted = new Promise((painted) => {
    requestAnimationFrame(() => setTimeout(painted, 40));
    setTimeout(painted, 300);
  });
  isParsed.then(() => {
    if (isQuiet) page()?.remove();
    // With the first frame: sooner, the page would be laid out once more for it.
    else requestAnimationFrame(() => document.activeElement === document.body && page()?.querySelector("input").focus());
  });

  // --- the language, as src/ui/language.rs finds it too ---
  const LABELS = [
    ["form", "sign_in", "aria-label"],
    [".lead", "sign_in_lead"],
    ["[for=login-username]", "username"],
    ["[for=login-password]", "password"],
    ["[aria-busy=false] > [type=submit] > :last-child", "sign_in"],
  ];
  const speak = async ({ locale, languages, texts } = {}) => {
    const known = JSON.parse(document.getElementById("early-texts").textContent);
    const offered = [languages ?? Object.keys(known)].flat();
    const primary = (tag) => tag.split("-")[0];
    const fitting = (tag) => offered.find((one) => one === tag) ?? offered.find((one) => primary(one) === primary(tag));
    const language = [picked, locale ?? navigator.languages].flat().map((tag) => fitting(tag ?? "")).find(Boolean) ?? offered[0];
    root.lang = language;
    root.dir = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(language) ? "rtl" : "ltr";
    const file = language === "en" ? {} : bring(`texts/${language}.json`).then(JSON.parse).catch(() => ({}));
    const say = (name, own = texts?.[name]) =>
      typeof own === "string" ? own : (own?.[language] ?? (known[language] ?? known.en)[name]);
    await isParsed;
    for (const [selector, name, attribute] of LABELS) {
      const element = page()?.querySelector(selector);
      if (attribute) element?.setAttribute(attribute, say(name));
      else element?.replaceChildren(say(name));
    }
    if (root.dataset.session === "starting") document.title = say("sign_in");
    root.dataset.busy = say("signing_in");
    root.dataset.unstarted = (await file).unstarted ?? root.dataset.unstarted;
  };

  // --- what is fetched before the app is there ---
  const early = (globalThis.early = {});
  const asked = {};
  const ask = async (path) => {
    const answer = await fetch(path, { cache: "no-cache", referrerPolicy: "no-referrer" });
    early[path] = [answer.status, answer.headers.get("content-type") ?? "", await answer.text()];
    return early[path][2];
  };
  const bring = (path) => (asked[path] ??= ask(path));
  // index.html speaks English.
  if (!/^en\b/.test(picked ?? navigator.language)) speak().catch(() => 0);

  // --- the form until then ---
  let idle;
  const say = (sentence) => {
    const where = page()?.querySelector("[role=alert]") ?? document.getElementById("unstarted");
    const said = document.createElement("p");
    said.textContent = sentence;
    where?.replaceChildren(said);
  };
  const setBusy = (isBusy) => {
    const form = page()?.querySelector("form");
    if (!form) return;
    form.setAttribute("aria-busy", isBusy);
    for (const input of form.querySelectorAll("input")) input.readOnly = isBusy;
    page().querySelector("[role=alert]").replaceChildren();
    const label = form.querySelector("[type=submit] > :last-child");
    if (isBusy && label.textContent !== root.dataset.busy) idle = label.textContent;
    label.textContent = isBusy ? root.dataset.busy : (idle ?? label.textContent);
  };
  addEventListener("submit", (event) => {
    if (!page()?.contains(event.target)) return;
    event.preventDefault();
    // What was sent is sent again only when something else was typed.
    if (page().dataset.early !== "sent") page().dataset.early = "submitted";
    const empty = event.target.querySelector("input:invalid");
    if (empty) empty.focus();
    else setBusy(true);
    tryAgain?.();
  });
  addEventListener("input", () => {
    // What is typed after a submit was not submitted.
    if (page()?.querySelector("[aria-busy=false]")) page().dataset.early = "";
  });

  // --- the app ---
  // What cannot be had is said, and tried again when somebody submits, when there is a network again, and when somebody comes back
  // to the page. Of a deploy that has changed meanwhile, only a reload learns.
  let tryAgain;
  globalThis.insist = async (step) => {
    let isAsked;
    for (;;)
      try {
        return await step();
      } catch (problem) {
        console.error("Vestibule could not start:", problem);
        if (isAsked && problem?.isGone) location.reload();
        // What was sent is under way, or answered already, by whatever else is missing.
        if (page()?.dataset.early !== "sent") setBusy(false);
        say(problem?.sentence || root.dataset.unstarted);
        const heard = new AbortController();
        isAsked = await new Promise((again) => {
          tryAgain = () => again(true);
          for (const sign of ["online", "pageshow", "visibilitychange"])
            addEventListener(sign, () => document.hidden || again(false), heard);
        });
        heard.abort();
        tryAgain = undefined;
        // It will be sent as it stands.
        if (page()?.dataset.early === "submitted" && !page().querySelector("input:invalid")) setBusy(true);
      }
  };
  let attempts = 0;
  let program;
  const begin = async () => {
    // A browser may remember that an address has failed.
    const again = attempts ? `?again=${attempts}` : "";
    attempts += 1;
    const { src, integrity } = document.querySelector("[data-begin]");
    // What is refused as a script, some browsers would import all the same.
    if (!program && integrity) await fetch(src + again, { integrity });
    program ??= await import(src + again);
    await program.start({ isKnown, isQuiet, page, bring, speak }, again);
  };
  Promise.all([isParsed, isQuiet || isPainted]).then(() => insist(begin));
})();
