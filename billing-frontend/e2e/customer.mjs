// A customer who is there already: made through the public APIs, because the pages for it have stories of their own.

import { randomUUID } from "node:crypto";

import { BILLING, PASSWORD, PATIENCE, SANDBOX, SHOP, mailedLink, newcomer, person } from "./world.mjs";

export const ADDRESS = { address_line1: "1 Analytical Way", city: "Phoenix", region: "AZ", postal_code: "85001", country: "US" };
const REGISTRANT = {
  first_name: "Ada",
  last_name: "Lovelace",
  address1: "1 Analytical Way",
  city: "Phoenix",
  state_province: "AZ",
  postal_code: "85001",
  country: "US",
  phone: "+1.6025550100",
};
const CARD = {
  "payment_method_data[type]": "card",
  "payment_method_data[card][number]": "4242424242424242",
  "payment_method_data[card][exp_month]": "12",
  "payment_method_data[card][exp_year]": "2034",
  "payment_method_data[card][cvc]": "123",
};

async function call(method, path, { token, body, headers = {} } = {}) {
  const answer = await fetch(`${BILLING}/api/v1/${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body instanceof URLSearchParams ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: body === undefined || body instanceof URLSearchParams ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function pay({ client_secret: secret, publishable_key: key }) {
  const [intent] = secret.split("_secret_");
  const answer = await fetch(`${SANDBOX}/stripe/v1/payment_intents/${intent}/confirm`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: new URLSearchParams({ client_secret: secret, return_url: SHOP, ...CARD }),
  });
  if (!answer.ok) throw new Error(`the payment: ${answer.status} ${await answer.text()}`);
}

async function fulfilled(token, id) {
  const deadline = Date.now() + 2 * PATIENCE;
  while (Date.now() < deadline) {
    const order = await call("GET", `orders/${id}`, { token });
    if (order.status === "fulfilled") return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(`order ${id} is not fulfilled`);
}

/** Logs a browser in without its pages. */
export async function logIn(context, email) {
  const answer = await context.request.post(`${SHOP}/api/auth/login`, { data: { email, password: PASSWORD }, headers: { origin: SHOP } });
  if (!answer.ok()) throw new Error(`log-in: ${answer.status()} ${await answer.text()}`);
}

/**
 * A confirmed customer with an address, logged in, who has bought what `plan` and `withDomain` say; the domain is one of
 * their own unless it is named. Without `waits` the order may still be on its way.
 */
export async function customer(browser, name, { fullName = "Ada Lovelace", plan, withDomain = false, waits = true, ...options } = {}) {
  const { email, domain: own } = newcomer(name);
  const domain = typeof withDomain === "string" ? withDomain : own;
  await call("POST", "auth/register", { body: { email, password: PASSWORD, full_name: fullName, locale: "en" } });
  const token = new URL(await mailedLink(email, "verify-email")).searchParams.get("token");
  await call("POST", "auth/verify-email", { body: { token } });
  const form = new URLSearchParams({ grant_type: "password", username: email, password: PASSWORD });
  const { access_token: access } = await call("POST", "auth/token", { body: form });
  await call("PUT", "me/billing-details", { token: access, body: ADDRESS });
  const items = [
    ...(plan ? [{ type: "license", plan, interval: "month" }] : []),
    ...(withDomain ? [{ type: "domain", name: domain, years: 1, privacy: true }] : []),
  ];
  if (items.length > 0) {
    const registrant = withDomain ? { ...REGISTRANT, email } : null;
    const headers = { "idempotency-key": randomUUID() };
    const placed = await call("POST", "orders", { token: access, headers, body: { currency: "USD", items, registrant } });
    await pay(placed.payment);
    if (waits) await fulfilled(access, placed.order.id);
  }
  const seat = await person(browser, options);
  await logIn(seat.context, email);
  return { ...seat, email, domain };
}
