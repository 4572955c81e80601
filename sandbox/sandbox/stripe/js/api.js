// Talking to the API with nothing but a publishable key and client secrets.

class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

function formPairs(value, prefix = "", pairs = []) {
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || item === null || item === "") continue;
    const name = prefix ? `${prefix}[${key}]` : key;
    if (typeof item === "object") formPairs(item, name, pairs);
    else pairs.push([name, String(item)]);
  }
  return pairs;
}

// Resolves {body} or {error}; never rejects, as callers of Stripe.js look at `error` only.
async function send(method, url, fields, headers = {}) {
  const form = new URLSearchParams(formPairs(fields));
  const options = { method, headers, mode: "cors", credentials: "omit" };
  try {
    const response = await (method === "GET"
      ? fetch(`${url}?${form}`, options)
      : fetch(url, { ...options, body: form }));
    const body = await response.json();
    return response.ok ? { body } : { error: asError(body) };
  } catch (problem) {
    return { error: { type: "api_connection_error", message: `The sandbox cannot be reached: ${problem.message}` } };
  }
}

function asError(body) {
  if (body.error && typeof body.error === "object") return body.error;
  return { type: "api_error", message: String(body.error || "An unknown error occurred.") };
}

// The key travels in the form, as a header would cost a preflight request each time.
function callApi(key, method, path, fields = {}) {
  return send(method, `${BASE}/v1/${path}`, { ...fields, key });
}

function intentKind(clientSecret) {
  const found = /^((pi|seti)_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+$/.exec(clientSecret || "");
  if (!found) {
    throw new IntegrationError(
      `Invalid value for clientSecret: it should have the form \${id}_secret_\${secret}. You specified: ${clientSecret}.`,
    );
  }
  const setup = found[2] === "seti";
  return {
    id: found[1],
    setup,
    path: `${setup ? "setup" : "payment"}_intents/${found[1]}`,
    field: setup ? "setup_intent" : "payment_intent",
    result: setup ? "setupIntent" : "paymentIntent",
    problem: setup ? "last_setup_error" : "last_payment_error",
  };
}

function merged(first, second) {
  const both = { ...first };
  for (const [name, value] of Object.entries(second || {})) {
    if (value === undefined || value === null) continue;
    both[name] = typeof value === "object" && !Array.isArray(value) ? merged(both[name] || {}, value) : value;
  }
  return both;
}
