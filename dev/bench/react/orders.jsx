// The guarded page: who is signed in, the orders, and the way out.

import { useLoaderData } from "react-router";
import { auth } from "./session.js";

export function Orders() {
  const { email, orders } = useLoaderData();
  return (
    <>
      <header>
        <strong>Orders</strong>
        <button type="button" onClick={() => auth.signOut()}>
          Sign out
        </button>
      </header>
      <main>
        <h1>Orders</h1>
        <p>Signed in as {email}</p>
        <table>
          <caption>The latest orders</caption>
          <thead>
            <tr>
              {["Order", "Customer", "Status", "Total", "Currency", "Placed"].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {orders.map((order) => (
              <tr key={order.id}>
                <td>{order.id}</td>
                <td>{order.customer}</td>
                <td>{order.status}</td>
                <td>{order.total}</td>
                <td>{order.currency}</td>
                <td>{order.placed_at}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </main>
    </>
  );
}
