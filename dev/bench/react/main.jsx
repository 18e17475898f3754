// The app that Vestibule is compared with: React, react-router and auth-js, with the same five behaviours. A login form, a
// guarded page, a stored session that is refreshed, a call with its token shown in a table, and a sign-out.

import { createRoot } from "react-dom/client";
import { createBrowserRouter, redirect } from "react-router";
import { RouterProvider } from "react-router/dom";
import { Login } from "./login.jsx";
import { Orders } from "./orders.jsx";
import { ask, auth, currentSession } from "./session.js";

function toLogin(request) {
  const { pathname, search } = new URL(request.url);
  return redirect(`/login?next=${encodeURIComponent(pathname + search)}`);
}

const router = createBrowserRouter([
  { path: "/", loader: () => redirect("/orders") },
  {
    path: "/login",
    loader: async () => ((await currentSession()) ? redirect("/orders") : null),
    HydrateFallback: () => null,
    Component: Login,
  },
  {
    path: "/orders",
    loader: async ({ request }) => {
      const session = await currentSession();
      if (!session) return toLogin(request);
      return { email: session.user.email, orders: await ask("/api/orders", session, request.signal) };
    },
    HydrateFallback: () => null,
    Component: Orders,
    ErrorBoundary: () => <p role="alert">The orders could not be loaded. Reload the page to try again.</p>,
  },
]);

auth.onAuthStateChange((event) => {
  if (event === "SIGNED_OUT") void router.navigate("/login", { replace: true });
});

createRoot(document.getElementById("root")).render(<RouterProvider router={router} />);
