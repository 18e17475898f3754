// better-auth as a test sees it: e-mail and password with its bearer plugin, on loopback, its one person in memory.
//
//   server.mjs --origin ORIGIN [--access-seconds N] [--port N] [--folder DIR, where it keeps nothing]
//
// /api/auth/sign-in/email, /api/auth/get-session, /api/auth/sign-out, and a protected /api/orders that asks better-auth
// for the session. Prints "ready URL" once it listens.

import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { bearer } from "better-auth/plugins";

const { values: given } = parseArgs({
  options: {
    origin: { type: "string", multiple: true },
    folder: { type: "string" },
    port: { type: "string", default: "0" },
    "access-seconds": { type: "string", default: "300" },
  },
});

const listener = createServer();
await new Promise((listening) => listener.listen(Number(given.port), "127.0.0.1", listening));
const url = `http://127.0.0.1:${listener.address().port}`;

const auth = betterAuth({
  baseURL: url,
  secret: "for tests on loopback only, and long enough",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  emailAndPassword: { enabled: true },
  session: { expiresIn: Number(given["access-seconds"]) },
  trustedOrigins: given.origin,
  plugins: [bearer()],
  telemetry: { enabled: false },
});
await auth.api.signUpEmail({ body: { name: "Demo", email: "demo@example.com", password: "correct-horse" } });

const answer = toNodeHandler(auth);
listener.on("request", async (request, response) => {
  if (given.origin.includes(request.headers.origin)) {
    response.setHeader("Access-Control-Allow-Origin", request.headers.origin);
    response.setHeader("Access-Control-Allow-Headers", "authorization, content-type");
    response.setHeader("Access-Control-Allow-Methods", "GET, POST");
    response.setHeader("Vary", "Origin");
  }
  if (request.method === "OPTIONS") {
    response.writeHead(204).end();
  } else if (request.url.startsWith("/api/auth/")) {
    await answer(request, response);
  } else if (request.url === "/api/orders") {
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    const orders = [1, 2, 3, 4, 5].map((id) => ({ id, customer: `Customer ${id}` }));
    response.writeHead(session ? 200 : 401, { "Content-Type": "application/json" });
    response.end(JSON.stringify(session ? orders : { code: "UNAUTHORIZED" }));
  } else {
    response.writeHead(404).end();
  }
});
console.log(`ready ${url}`);
