// The session: auth-js keeps it, refreshes it and tells of its end; here are the calls that need its token.

import { AuthClient } from "@supabase/auth-js";

const provider = document.querySelector("meta[name=provider]").content;
const apikey = "demo";

export const auth = new AuthClient({
  url: `${provider}/auth/v1`,
  headers: { apikey },
  storageKey: "bench",
  // Nobody is sent here with a session in the address.
  detectSessionInUrl: false,
});

export async function currentSession() {
  const { data } = await auth.getSession();
  return data.session;
}

/** Asks the API. A token that it refuses is refreshed, and the question asked once more. */
export async function ask(path, session, signal) {
  const send = (token) => fetch(provider + path, { headers: { apikey, authorization: `Bearer ${token}` }, signal });
  let answer = await send(session.access_token);
  if (answer.status === 401) {
    const { data, error } = await auth.refreshSession(session);
    if (error) throw error;
    answer = await send(data.session.access_token);
  }
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return answer.json();
}
