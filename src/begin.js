// Runs once src/start.js has painted, as a module of its own: nobody waits for it to see the form. It fetches everything on the way
// to the app side by side, and starts that.
//
//   start(painted, again)   `painted`: what src/start.js knows, and does; `again`: an ending for addresses that have failed before
//   html[data-presets]      the presets that the config named when the app was built (dev/xtask/src/presets.rs)
//   link[data-later]        a style sheet that the first frame does without (dev/xtask/src/hints.rs)
//   askProgram(...)         a program that lies beside the app: fetches it, starts it, asks it
//   fetchBuilt(...)         a file, if it is the one that was built
//   built                   what those are compared with that are fetched here, in a build that tells (dev/xtask/src/hints.rs)
//   integrity               what those are compared with that the app fetches, by their names (dev/xtask/src/split.rs)
const root = document.documentElement;
const built = {};
let bring;

const after = (ms) => new Promise((done) => setTimeout(done, ms));

// A key that is pressed meanwhile waits for no more than one of the steps.
const inTurn = async (isQuiet, step) => {
  if (!isQuiet) await after();
  return step();
};

// --- config and presets ---
const named = ({ provider, providers }) => [provider, ...Object.values(providers ?? {})].map(({ preset }) => preset ?? "");
const bringPresets = (bring, names) => Promise.all(names.map((name) => /^[\w-]+$/.test(name) && bring(`presets/${name}.json`)));

// As `is_safe_link` has it (src/config/address.rs), for what can be drawn: `https`, `http` on loopback, or a path of our own.
const SAFE =
  /^(?!.*[\0- \\\x7f])((https:\/\/[\w.-]+|http:\/\/(localhost|127\.0\.0\.1|\[::1]))(:\d+)?|(?=\/)(?![^?#]*\/(\/|(\.|%2e){1,2}(?![^/?#]))))(?![^/?#])/is;

const bringSettings = async ({ page, bring, speak }) => {
  let config;
  const text = await bring("config.json");
  try {
    config = JSON.parse(text);
  } catch {
    // There is no signing in, and the app says why.
    page()?.remove();
    return;
  }
  const presets = bringPresets(bring, named(config));
  for (const heading of document.querySelectorAll("[data-early] h1, #skeleton h1")) heading.replaceChildren(config.app.title);
  for (const [name, value] of Object.entries(config.app.theme ?? {})) {
    const isLogo = name === "logo";
    if (isLogo && !SAFE.test(value)) continue;
    root.style.setProperty("--v-" + name.replaceAll("_", "-"), isLogo ? `url(${JSON.stringify(value)})` : value);
  }
  const [[preset]] = await Promise.all([presets, speak(config.app)]);
  // Who signs in elsewhere types nothing here.
  const { redirect } = { ...JSON.parse(preset || "{}"), ...config.provider };
  if (redirect) page()?.querySelector("form").remove();
};

// As src/ui/theme.rs does: what the browser draws around the page follows the theme that somebody has picked.
const colourAround = (theme) => {
  for (const colour of document.querySelectorAll("meta[name=theme-color]"))
    if (theme) colour.media = colour.media.includes(theme) ? "all" : "not all";
};

let settings;
const settle = (painted) => {
  const { isKnown, isQuiet, bring } = painted;
  // What is wrong with them, the app says; and it asks again for what is not there in time.
  settings = Promise.race([bringSettings(painted).catch(() => 0), after(3000)]);
  // The config may name another logo.
  if (!isQuiet) settings.then(() => (root.dataset.painted = "whole"));
  // What the config named when the app was built, and at the last visit, it most likely names now: nobody waits for first the one
  // and then the other.
  inTurn(isQuiet, () => bringPresets(bring, (root.dataset.presets ?? "").split(" "))).catch(() => 0);
  if (isKnown) {
    const last = fetch("config.json", { cache: "force-cache" }).then((answer) => answer.json());
    last.then((config) => bringPresets(bring, named(config))).catch(() => 0);
  }
};

// --- files as they were built ---
// What is there, and yet was refused, is another file than the one that was built.
const refused = async (address) => {
  const { status } = await fetch(address, { method: "HEAD", cache: "no-cache" });
  const isAltered = status === 200;
  const sentence = isAltered && JSON.parse(await bring(`texts/${root.lang}.json`)).altered;
  throw Object.assign(Error(`${status} for ${address}`), { isGone: isAltered || status === 404, sentence });
};
globalThis.fetchBuilt = async (address, integrity) => {
  const answer = await fetch(address, { integrity }).catch(() => refused(address));
  return answer.ok ? answer : refused(address);
};
// A browser that imports a script compares it with nothing.
const imported = async (address, integrity) => {
  if (integrity) await fetchBuilt(address, integrity);
  return import(address);
};

// --- style sheets and app ---
const dressed = async (link, again) => {
  // What was refused, some browsers have as an empty one.
  if (link.sheet?.cssRules.length) return;
  await new Promise((done, failed) => {
    link.integrity ||= built.sheet ?? "";
    // For the screen only once it is there: until then, Firefox would hold up other requests.
    link.media = "print";
    link.onload = () => {
      link.media = "all";
      done();
    };
    link.onerror = () => refused(link.href).catch(failed);
    link.href += again;
    link.rel = "stylesheet";
  });
};
const compiled = async (address) => {
  const answer = await fetchBuilt(address, built.module);
  const isTyped = answer.headers.get("content-type") === "application/wasm";
  return isTyped ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
};

export const start = async (painted, again) => {
  const { isQuiet } = painted;
  ({ bring } = painted);
  if (!settings) settle(painted);
  colourAround(root.dataset.theme);
  const addressOf = (selector) => document.querySelector(selector).href + again;
  const sheets = document.querySelectorAll("link[rel=stylesheet], link[data-later]");
  const style = Promise.all([...sheets].map((sheet) => dressed(sheet, again)));
  const all = Promise.all([
    inTurn(isQuiet, () => imported(addressOf("link[href$='.js']"), built.script)),
    inTurn(isQuiet, () => compiled(addressOf("link[type='application/wasm']"))),
    style,
    settings,
  ]);
  // What could not be had is said with the style that it has.
  const [app, module] = await all.finally(() => style);
  // Nothing else is fetched now, and the flow takes a while to start: what there is to see of it comes meanwhile.
  globalThis.bringPieces?.();
  await app.default({ module_or_path: module });
};

// --- programs beside the app ---
const programs = {};
const late = async () => {
  await after(15000);
  throw Error("too late");
};
const load = async (path, settings) => {
  const name = path.split("/").at(-1);
  const program = await imported(path + ".js", globalThis.integrity?.[name + ".js"]);
  const module_or_path = await fetchBuilt(path + "_bg.wasm", program.integrity);
  await program.default({ module_or_path });
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
