// oidc-provider as a test sees it: a strict OpenID provider on loopback, its one person and all its tokens in memory.
//
//   server.mjs --origin ORIGIN [--access-seconds N] [--port N] [--folder DIR, where it keeps nothing]
//              [--clock-off-seconds=N] [--nonces none|offered|required] [--sign-with ALG]
//              [--require-dpop] [--require-par]
//
// /token with refresh tokens that rotate (who uses one again ends the grant), /token/revocation, /me, /session/end, and a
// protected /api/orders that asks oidc-provider for the token. Two public clients:
//
//   browser-app   the password grant, which is not oidc-provider's own: it is registered below, in the way that it
//                 documents for grants of one's own
//   spa           the code grant with PKCE, by the provider's own pages: they ask for the password, and for consent.
//                 Without prompt=consent the package leaves out offline_access, and with it the refresh token
//
// How strict the package is about other clocks (9.13): the `iat` of a DPoP proof may be 300 s away, either way. A proof
// with one of the package's nonces is not asked for its `iat` at all; where it has nonces (`offered`), a proof further
// away is answered with use_dpop_nonce, and without them with invalid_dpop_proof. ID tokens that come back as
// id_token_hint may have expired.
//
// GET /control says what happened so far, and POST /control changes how it behaves:
//
//   { "delay": { "/token": 3000 } }              milliseconds before a request to that path is even looked at
//   { "code_seconds": 1 }                        how long a code is good
//   { "metadata": { "issuer": "…" } }            what its discovery document says instead
//   { "rewrite_answer": ["state=", "state=x"] }  changes the address that an authorization answer is sent to
//   { "hold_answers": true }                     notes the address of such an answer, and does not go there
//   { "unreachable": ["/jwks"] }                 paths at which the line is cut
//   { "has_new_key": true }                      ID tokens are signed with a key that was not in the set, and now is, alone
//   { "user_info": { "sub": "…" } }              what it says of the user instead
//
// Front-channel logout is not in the package: here the page behind a sign-out shows a frame for each client that was
// signed in, as OpenID Connect Front-Channel Logout 1.0 has it. Prints "ready URL" once it listens.

import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { CompactSign, EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from "jose";
import { Provider, errors } from "oidc-provider";

const { values: given } = parseArgs({
  options: {
    origin: { type: "string", multiple: true },
    folder: { type: "string" },
    port: { type: "string", default: "0" },
    "access-seconds": { type: "string", default: "300" },
    "clock-off-seconds": { type: "string", default: "0" },
    nonces: { type: "string", default: "offered" },
    "sign-with": { type: "string", default: "RS256" },
    "require-dpop": { type: "boolean", default: false },
    "require-par": { type: "boolean", default: false },
  },
});

// Everything in this process sees the clock that is off, the HTTP `Date` of its answers too.
const offMs = Number(given["clock-off-seconds"]) * 1000;
if (offMs) {
  const RightDate = Date;
  globalThis.Date = class Date extends RightDate {
    constructor(...parts) {
      if (parts.length) super(...parts);
      else super(RightDate.now() + offMs);
    }
    static now() {
      return RightDate.now() + offMs;
    }
  };
}

const person = { sub: "demo", email: "demo@example.com", password: "correct-horse", name: "Demo" };

const listener = createServer();
await new Promise((listening) => listener.listen(Number(given.port), "127.0.0.1", listening));
const { port } = listener.address();
const url = `http://127.0.0.1:${port}`;

// --- what happened, and how to behave -----------------------------------------------------------

const behaviour = {
  delay: {},
  code_seconds: 60,
  metadata: {},
  rewrite_answer: null,
  hold_answers: false,
  unreachable: [],
  has_new_key: false,
  user_info: {},
};
const counts = {
  authorizations: 0, // requests to the authorization endpoint
  pushed: 0, // requests that were pushed, and accepted
  passwords: 0, // how often somebody typed the right one into the login page
  answers: 0, // addresses that authorization answers were sent to
  codes: 0, // grants by code
  refreshes: 0,
  nonces: 0, // times that somebody was told to use a DPoP nonce
  refused: 0, // token requests that were refused, other than for a nonce
  reuses: 0, // of these, the ones that presented a code or a refresh token again
  revocations: 0,
  user_infos: 0,
  metadata: 0, // its discovery document
  key_sets: 0,
  sign_outs: 0, // at the end_session endpoint, carried out
  orders: 0, // requests to /api/orders that were answered
};
// Requests that are waiting for their delay, and what a test could not see otherwise.
const seen = { waiting: 0, authorization: null, token: null, answer: null };

// --- the provider -------------------------------------------------------------------------------

const jwk = (type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }),
  use: "sig",
});

// Of its own, so that no other server could have signed what it signs.
const keys = [
  jwk("rsa", { modulusLength: 2048 }),
  jwk("ec", { namedCurve: "P-256" }),
  jwk("ed25519", {}),
];

// As if it had changed its keys since.
const newKey = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Answers as it would with its new key alone. */
async function withNewKey(ctx) {
  if (ctx.path === "/jwks") {
    ctx.body = { keys: [{ ...newKey.publicKey.export({ format: "jwk" }), kid: "new", use: "sig" }] };
  } else if (ctx.path === "/token" && ctx.body?.id_token) {
    const [, payload] = ctx.body.id_token.split(".");
    const signer = new CompactSign(Buffer.from(payload, "base64url"));
    ctx.body.id_token = await signer.setProtectedHeader({ alg: "RS256", kid: "new" }).sign(newKey.privateKey);
  }
}

// Cookies belong to a host, whatever its port: two servers must not take each other's.
const cookie = (name) => `${name}_${port}`;

const frontChannel = { clients: {} };

// Of an app at the root of its host, or below a path, and of its second provider.
const callbacks = given.origin.flatMap((origin) =>
  ["/callback", "/callback/second", "/sub/app/callback"].map((path) => origin + path),
);

const provider = new Provider(url, {
  clients: [
    {
      client_id: "browser-app",
      token_endpoint_auth_method: "none",
      grant_types: ["password", "refresh_token"],
      response_types: [],
      redirect_uris: [],
    },
    {
      client_id: "spa",
      client_name: "The app",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: callbacks,
      post_logout_redirect_uris: callbacks.map((callback) => `${callback}/signed-out`),
      id_token_signed_response_alg: given["sign-with"],
      dpop_bound_access_tokens: given["require-dpop"],
    },
  ],
  jwks: { keys },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: { logoutSource: askToSignOut, postLogoutSuccessSource: sayGoodbye },
    pushedAuthorizationRequests: { requirePushedAuthorizationRequests: given["require-par"] },
    dPoP: {
      nonceSecret: given.nonces === "none" ? undefined : randomBytes(32),
      requireNonce: () => given.nonces === "required",
    },
  },
  cookies: {
    keys: [randomBytes(32).toString("hex")],
    names: { session: cookie("session"), interaction: cookie("interaction"), resume: cookie("resume") },
  },
  claims: { openid: ["sub"], email: ["email"], profile: ["name"] },
  scopes: ["openid", "email", "profile", "offline_access"],
  ttl: {
    AccessToken: Number(given["access-seconds"]),
    AuthorizationCode: () => behaviour.code_seconds,
    RefreshToken: 86400,
    Grant: 86400,
    IdToken: 300,
    Interaction: 3600,
    Session: 86400,
  },
  // Its own rule would leave refresh tokens that are bound to a key as they are for most of their life.
  rotateRefreshToken: true,
  clockTolerance: 0,
  clientBasedCORS: (_ctx, origin) => given.origin.includes(origin),
  findAccount: (_ctx, id) => id === person.sub && { accountId: id, claims: () => person },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  renderError: (ctx, out) => page(ctx, "Error", `<p id="provider-error">${text(out.error)}</p>`),
});

// The package puts `sid` into ID tokens only for clients with a back channel.
provider.Client.prototype.includeSid = () => true;

provider.registerGrantType(
  "password",
  async (ctx) => {
    const { client, params } = ctx.oidc;
    if (params.username !== person.email || params.password !== person.password) {
      throw new errors.InvalidGrant("wrong username or password");
    }
    const scope = params.scope || "openid email offline_access";
    const grant = new provider.Grant({ accountId: person.sub, clientId: client.clientId });
    grant.addOIDCScope(scope);
    const granted = { accountId: person.sub, client, grantId: await grant.save(), gty: "password", scope };
    const accessToken = new provider.AccessToken(granted);
    const refreshToken = new provider.RefreshToken(granted);
    ctx.body = {
      access_token: await accessToken.save(),
      expires_in: accessToken.expiration,
      refresh_token: await refreshToken.save(),
      scope,
      token_type: accessToken.tokenType,
    };
  },
  ["username", "password", "scope"],
);

provider.on("pushed_authorization_request.success", () => (counts.pushed += 1));
provider.on("end_session.success", () => (counts.sign_outs += 1));
provider.on("grant.success", (ctx) => {
  const { grant_type } = ctx.oidc.params;
  counts.codes += grant_type === "authorization_code";
  counts.refreshes += grant_type === "refresh_token";
});
provider.on("grant.error", (_ctx, error) => {
  counts[error.error === "use_dpop_nonce" ? "nonces" : "refused"] += 1;
  counts.reuses += /already (used|consumed)/.test(error.error_detail ?? "");
  console.log(`refused: ${error.error}, ${error.error_detail ?? error.error_description}`);
});
for (const event of ["authorization", "pushed_authorization_request", "userinfo", "revocation", "end_session"]) {
  provider.on(`${event}.error`, (_ctx, error) => {
    console.log(`${event}: ${error.error}, ${error.error_detail ?? error.error_description}`);
  });
}
provider.on("server_error", (_ctx, error) => console.log(error));

// --- in front of it -----------------------------------------------------------------------------

provider.use(async (ctx, next) => {
  if (ctx.path === "/control") {
    if (ctx.method === "POST") {
      Object.assign(behaviour, JSON.parse(await bodyOf(ctx)));
    }
    ctx.body = { counts, ...seen };
    return;
  }
  if (behaviour.unreachable.includes(ctx.path)) {
    ctx.respond = false;
    ctx.req.socket.destroy();
    return;
  }
  const delay = ctx.method === "OPTIONS" ? 0 : (behaviour.delay[ctx.path] ?? 0);
  if (delay) {
    seen.waiting += 1;
    await new Promise((over) => setTimeout(over, delay));
    seen.waiting -= 1;
  }
  counts.authorizations += ctx.path === "/auth";
  await next();
  ctx.set("Date", new Date().toUTCString());
  counts.revocations += ctx.path === "/token/revocation" && ctx.method === "POST";
  if (ctx.path === "/me" && ctx.status === 200) {
    counts.user_infos += 1;
    Object.assign(ctx.body, behaviour.user_info);
  }
  counts.key_sets += ctx.path === "/jwks" && ctx.method === "GET";
  if (behaviour.has_new_key) {
    await withNewKey(ctx);
  }
  if (ctx.path === "/token" && ctx.oidc?.params) {
    seen.token = { ...ctx.oidc.params };
  }
  if (ctx.path === "/auth" && ctx.oidc?.params) {
    seen.authorization = { ...ctx.oidc.params };
  }
  if (ctx.path.startsWith("/.well-known/") && ctx.status === 200) {
    counts.metadata += 1;
    Object.assign(ctx.body, behaviour.metadata);
  }
  if (ctx.path.startsWith("/auth")) {
    answered(ctx);
  }
  // No query: codes and states are nobody's business.
  console.log(`${ctx.method} ${ctx.path} ${ctx.status}`);
});

/** Does with an authorization answer what a test wants. */
function answered(ctx) {
  const to = ctx.response.get("location");
  if (!given.origin.some((origin) => to.startsWith(`${origin}/`))) {
    return;
  }
  counts.answers += 1;
  seen.answer = behaviour.rewrite_answer ? to.replace(...behaviour.rewrite_answer) : to;
  ctx.set("Location", seen.answer);
  if (behaviour.hold_answers) {
    ctx.remove("Location");
    ctx.status = 200;
    page(ctx, "Held", '<p id="provider-held">The answer is kept.</p>');
  }
}

// --- its pages ----------------------------------------------------------------------------------

const text = (value) => String(value).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function page(ctx, title, content) {
  ctx.type = "html";
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${content}</html>`;
}

async function bodyOf(ctx) {
  const parts = [];
  for await (const part of ctx.req) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

const CANCEL = '<button id="provider-cancel" name="cancel" value="yes" formnovalidate>Cancel</button>';

function loginPage(ctx, problem) {
  const alert = problem ? `<p id="provider-alert">${text(problem)}</p>` : "";
  page(
    ctx,
    "Sign in",
    `${alert}<form id="provider-login" method="post"><input name="email" required><input name="password" type="password" required><button id="provider-submit">Sign in</button>${CANCEL}</form>`,
  );
}

function consentPage(ctx, clientName, scopes) {
  page(
    ctx,
    "Consent",
    `<p>${text(clientName)} asks for: ${text(scopes)}</p><form id="provider-consent" method="post"><button id="provider-submit">Allow</button>${CANCEL}</form>`,
  );
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) {
    return next();
  }
  let interaction;
  try {
    interaction = await provider.interactionDetails(ctx.req, ctx.res);
  } catch (error) {
    ctx.status = 400;
    return page(ctx, "Error", `<p id="provider-error">${text(error.error)}</p>`);
  }
  const { prompt, params, session, grantId } = interaction;
  const isLogin = prompt.name === "login";
  const client = await provider.Client.find(params.client_id);
  if (ctx.method !== "POST") {
    return isLogin ? loginPage(ctx) : consentPage(ctx, client.clientName, params.scope);
  }
  const form = new URLSearchParams(await bodyOf(ctx));
  let result;
  if (form.has("cancel")) {
    result = { error: "access_denied", error_description: "cancelled" };
  } else if (isLogin) {
    if (form.get("email") !== person.email || form.get("password") !== person.password) {
      return loginPage(ctx, "That is not right.");
    }
    counts.passwords += 1;
    result = { login: { accountId: person.sub } };
  } else {
    const grant =
      (grantId && (await provider.Grant.find(grantId))) ||
      new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(" "));
    result = { consent: { grantId: await grant.save() } };
  }
  ctx.status = 303;
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: !isLogin }));
});

/** Who signs out is asked whether that is meant; all that are signed in are noted, to be told. */
function askToSignOut(ctx, form) {
  frontChannel.clients = Object.fromEntries(
    Object.keys(ctx.oidc.session.authorizations ?? {}).map((id) => [id, ctx.oidc.session.sidFor(id)]),
  );
  page(
    ctx,
    "Sign out",
    `${form}<button id="provider-sign-out" form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
  );
}

function sayGoodbye(ctx) {
  const frames = Object.values(frontChannel.clients).flatMap((sid) =>
    given.origin.map((origin) => {
      const query = new URLSearchParams({ iss: url, sid });
      return `<iframe src="${text(`${origin}/callback/front-channel?${query}`)}"></iframe>`;
    }),
  );
  page(ctx, "Signed out", `<p id="provider-goodbye">Signed out.</p>${frames.join("")}`);
}

// --- an API that asks it ------------------------------------------------------------------------

const orders = [1, 2, 3, 4, 5].map((id) => ({ id, customer: `Customer ${id}` }));

// Not the provider's own: the API is another server, which happens to be here.
const apiNonces = { now: randomBytes(9).toString("base64url"), since: Date.now(), before: "" };

function apiNonce() {
  if (Date.now() - apiNonces.since > 60_000) {
    Object.assign(apiNonces, { before: apiNonces.now, now: randomBytes(9).toString("base64url"), since: Date.now() });
  }
  return apiNonces.now;
}

const proofsSeen = new Set();

/** RFC 9449 §4.3 and §7. */
async function problemWithProof(ctx, token, jkt) {
  let proof;
  try {
    proof = await jwtVerify(ctx.get("dpop"), EmbeddedJWK, {
      algorithms: ["ES256", "Ed25519", "EdDSA"],
      typ: "dpop+jwt",
    });
  } catch {
    return "invalid_dpop_proof";
  }
  const { payload, protectedHeader } = proof;
  const ath = createHash("sha256").update(token).digest("base64url");
  const isFirst = !proofsSeen.has(payload.jti);
  proofsSeen.add(payload.jti);
  if (
    payload.htm !== ctx.method ||
    payload.htu !== `${url}${ctx.path}` ||
    payload.ath !== ath ||
    !isFirst ||
    (await calculateJwkThumbprint(protectedHeader.jwk)) !== jkt
  ) {
    return "invalid_dpop_proof";
  }
  // As strict as the package is at its own endpoints.
  if (payload.nonce !== undefined && given.nonces !== "none") {
    return [apiNonce(), apiNonces.before].includes(payload.nonce) ? undefined : "use_dpop_nonce";
  }
  const isRecent = Math.abs(payload.iat - Math.floor(Date.now() / 1000)) <= 300;
  if (given.nonces === "required" || (given.nonces === "offered" && !isRecent)) {
    return "use_dpop_nonce";
  }
  return isRecent && payload.nonce === undefined ? undefined : "invalid_dpop_proof";
}

provider.use(async (ctx, next) => {
  if (ctx.path !== "/api/orders") {
    return next();
  }
  ctx.vary("Origin");
  if (given.origin.includes(ctx.get("origin"))) {
    ctx.set("Access-Control-Allow-Origin", ctx.get("origin"));
    ctx.set("Access-Control-Allow-Headers", "authorization, dpop");
    ctx.set("Access-Control-Expose-Headers", "DPoP-Nonce, WWW-Authenticate");
  }
  if (ctx.method === "OPTIONS") {
    ctx.status = 204;
    return;
  }
  const [scheme, value] = ctx.get("authorization").split(" ");
  const token = await provider.AccessToken.find(value || "none");
  // A token that is bound to a key is worth nothing without it (RFC 9449 §7.1).
  const isBound = Boolean(token?.jkt);
  let problem = token?.isValid && scheme === (isBound ? "DPoP" : "Bearer") ? undefined : "invalid_token";
  if (!problem && isBound) {
    problem = await problemWithProof(ctx, value, token.jkt);
  }
  if (problem) {
    ctx.status = 401;
    ctx.body = { error: problem };
    ctx.set("WWW-Authenticate", `${isBound ? "DPoP" : "Bearer"} error="${problem}"`);
    if (problem === "use_dpop_nonce") {
      ctx.set("DPoP-Nonce", apiNonce());
    }
    return;
  }
  counts.orders += 1;
  ctx.body = orders;
});

listener.on("request", provider.callback());
console.log(`ready ${url}`);
