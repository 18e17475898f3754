// oidc-provider as a test sees it: a strict OpenID provider on loopback, its one person and all its tokens in memory.
//
//   server.mjs --origin ORIGIN [--access-seconds N] [--port N] [--folder DIR, where it keeps nothing]
//
// /token with refresh tokens that rotate (who uses one again ends the grant), /token/revocation, /me, and a protected
// /api/orders that asks oidc-provider for the token. The password grant is not its own: it is registered below, in the
// way that it documents for grants of one's own. Prints "ready URL" once it listens.

import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Provider, errors } from "oidc-provider";

const { values: given } = parseArgs({
  options: {
    origin: { type: "string", multiple: true },
    folder: { type: "string" },
    port: { type: "string", default: "0" },
    "access-seconds": { type: "string", default: "300" },
  },
});

const person = { sub: "demo", email: "demo@example.com", password: "correct-horse" };

const listener = createServer();
await new Promise((listening) => listener.listen(Number(given.port), "127.0.0.1", listening));
const url = `http://127.0.0.1:${listener.address().port}`;

const provider = new Provider(url, {
  clients: [
    {
      client_id: "browser-app",
      token_endpoint_auth_method: "none",
      grant_types: ["password", "refresh_token"],
      response_types: [],
      redirect_uris: [],
    },
  ],
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  claims: { openid: ["sub"], email: ["email"] },
  scopes: ["openid", "email", "offline_access"],
  ttl: { AccessToken: Number(given["access-seconds"]), RefreshToken: 86400, Grant: 86400, IdToken: 300 },
  clockTolerance: 0,
  clientBasedCORS: (_ctx, origin) => given.origin.includes(origin),
  findAccount: (_ctx, id) => id === person.sub && { accountId: id, claims: () => person },
});

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

const orders = [1, 2, 3, 4, 5].map((id) => ({ id, customer: `Customer ${id}` }));

provider.use(async (ctx, next) => {
  if (ctx.path !== "/api/orders") {
    return next();
  }
  ctx.vary("Origin");
  if (given.origin.includes(ctx.get("origin"))) {
    ctx.set("Access-Control-Allow-Origin", ctx.get("origin"));
    ctx.set("Access-Control-Allow-Headers", "authorization");
  }
  if (ctx.method === "OPTIONS") {
    ctx.status = 204;
    return;
  }
  const token = await provider.AccessToken.find(ctx.get("authorization").replace(/^Bearer /, "") || "none");
  ctx.status = token?.isValid ? 200 : 401;
  ctx.body = token?.isValid ? orders : { error: "invalid_token" };
});

listener.on("request", provider.callback());
console.log(`ready ${url}`);
