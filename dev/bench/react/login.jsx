// The login form.

import { useActionState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { auth } from "./session.js";

export function Login() {
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const [state, signIn, isBusy] = useActionState(async (_, form) => {
    const email = form.get("username");
    const { error } = await auth.signInWithPassword({ email, password: form.get("password") });
    if (error) return { email, problem: error.message };
    const next = query.get("next") ?? "/orders";
    // Only a path of this app: a second slash would lead elsewhere.
    await navigate(/^\/(?![/\\])/.test(next) ? next : "/orders", { replace: true });
    return { email };
  }, {});
  return (
    <main className="card">
      <h1>Sign in</h1>
      <form action={signIn} aria-busy={isBusy}>
        <label htmlFor="username">Email</label>
        <input
          id="username"
          name="username"
          type="email"
          autoComplete="username"
          defaultValue={state.email}
          readOnly={isBusy}
          required
        />
        <label htmlFor="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          readOnly={isBusy}
          required
        />
        {state.problem && <p role="alert">{state.problem}</p>}
        <button>{isBusy ? "Signing in…" : "Sign in"}</button>
      </form>
    </main>
  );
}
