// Runs before the first paint. It decides whether the form that index.html holds is shown at once, keeps what is done to it
// until the app takes it over (src/ui/markup.rs, `painted`), and fetches everything on the way to the app side by side.
//
//   html[data-painted]    "form": the form is shown; "quiet": somebody may be signed in, or comes back from a provider
//   [data-early]          the page that index.html holds, until the app takes it over; "submitted": the form was sent
//   fetchEarly(path)      what was fetched before the app asked: [status, content type, text], or nothing; once
//   askProgram(...)       a program that lies beside the app: fetches it, starts it, asks it
(() => {
  const root = document.documentElement;
  const stores = () => [localStorage, sessionStorage].flatMap((store) => Object.entries(store));
  const isFramed = top !== self;
  const comesBack = /[?&](code|state|error)=/.test(location.search);
  let isKnown = false;
  try {
    // A record of a session; which app it is of, only the config tells.
    isKnown = stores().some(([key, value]) => key.startsWith("vestibule:") && value.startsWith("{"));
    const theme = localStorage.getItem("vestibule:theme");
    if (theme) root.dataset.theme = theme;
  } catch {
    // Storage is blocked: nobody is signed in.
  }
  root.dataset.painted = isFramed || comesBack || isKnown ? "quiet" : "form";

  // --- fetched side by side with the app ---
  const early = {};
  const bring = (path) =>
    (early[path] ??= fetch(path, { cache: "no-store", credentials: "same-origin", referrerPolicy: "no-referrer" })
      .then(async (answer) => [answer.status, answer.headers.get("content-type") ?? "", await answer.text()])
      .catch(() => undefined));
  globalThis.fetchEarly = (path) => {
    const brought = early[path];
    delete early[path];
    return brought;
  };
  bring("config.json").then((config) => {
    try {
      const { app, provider, providers } = JSON.parse(config[2]);
      for (const { preset } of [provider, ...Object.values(providers ?? {})])
        if (/^[\w-]+$/.test(preset ?? "")) bring(`presets/${preset}.json`);
      const heading = document.querySelector("[data-early] h1");
      if (heading) heading.textContent = app.title;
    } catch {
      // What is wrong with a config, the app says.
    }
  });

  // --- the form until then ---
  const page = () => document.querySelector("[data-early]");
  let idle;
  let hasFailed = false;
  const say = (sentence) => {
    const where = root.dataset.painted === "form" ? page()?.querySelector("[role=alert]") : null;
    const said = document.createElement("p");
    said.textContent = sentence;
    (where ?? document.getElementById("unstarted"))?.replaceChildren(said);
  };
  const setBusy = (isBusy) => {
    const form = page()?.querySelector("form");
    if (!form) return;
    form.setAttribute("aria-busy", isBusy);
    for (const input of form.querySelectorAll("input")) input.readOnly = isBusy;
    const label = form.querySelector("[type=submit] > :last-child");
    idle ??= label.textContent;
    label.textContent = isBusy ? root.dataset.busy : idle;
  };
  addEventListener("submit", (event) => {
    if (!page()?.contains(event.target)) return;
    event.preventDefault();
    page().dataset.early = "submitted";
    const empty = event.target.querySelector("input:invalid");
    if (empty) empty.focus();
    else setBusy(true);
    if (hasFailed) start();
  });

  // --- the app ---
  let attempts = 0;
  const start = async () => {
    // A browser may remember that an address has failed.
    const again = attempts ? `?again=${attempts}` : "";
    attempts += 1;
    hasFailed = false;
    const address = (selector) => document.querySelector(selector).href + again;
    try {
      const app = await import(address("link[rel=modulepreload]"));
      await app.default({ module_or_path: address("link[type='application/wasm']") });
    } catch (problem) {
      console.error("Vestibule could not start:", problem);
      hasFailed = true;
      setBusy(false);
      say(root.dataset.unstarted);
      addEventListener("online", () => hasFailed && start(), { once: true });
    }
  };
  addEventListener("DOMContentLoaded", () => {
    if (root.dataset.painted === "form") page()?.querySelector("input")?.focus();
    start();
  });

  const programs = {};
  const late = () => new Promise((_, reject) => setTimeout(reject, 15000));
  const load = async (path, settings) => {
    const program = await import(path + ".js");
    await program.default({ module_or_path: path + "_bg.wasm" });
    program.prepare?.(JSON.stringify(settings));
    return program;
  };
  globalThis.askProgram = (path, settings, question, ...rest) => {
    programs[path] ??= Promise.race([load(path, settings), late()]).catch((problem) => {
      delete programs[path];
      throw problem;
    });
    return programs[path].then((program) => program[question]?.(...rest));
  };
})();
