// The shop of these tests: a page on another port than the sandbox, a browser, and the account's own API calls.

import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium as playwright } from "playwright-core";

export const SANDBOX = process.env.SANDBOX_URL;
export const SCRIPT = `${SANDBOX}/stripe/js/stripe.js`;
export const KEY = "pk_test_sandbox";

// The package brings the few system libraries a bare machine may lack, but unpacks them only where it sees this name.
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";

export async function launch() {
  const args = ["--no-sandbox", "--disable-gpu"];
  // The pinned browser is for x86-64 Linux; elsewhere name one that is there.
  if (process.env.CHROMIUM) return playwright.launch({ executablePath: process.env.CHROMIUM, args });
  const { default: chromium } = await import("@sparticuz/chromium");
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  process.env.LD_LIBRARY_PATH = join(tmpdir(), "al2023", "lib");
  return playwright.launch({ executablePath, args });
}

function form(fields, prefix = "") {
  return Object.entries(fields).flatMap(([name, value]) => {
    const key = prefix ? `${prefix}[${name}]` : name;
    return value !== null && typeof value === "object" ? form(value, key) : [[key, String(value)]];
  });
}

export async function api(method, path, fields = {}) {
  const body = new URLSearchParams(form(fields));
  const url = `${SANDBOX}/stripe/v1/${path}${method === "GET" && `${body}` ? `?${body}` : ""}`;
  const headers = { Authorization: "Bearer sk_test_sandbox" };
  const response = await fetch(url, { method, headers, body: method === "GET" ? undefined : body });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.error.message}`);
  return answer;
}

// Content only from the shop and the sandbox, scripts and styles never inline: what a careful shop sends.
const POLICY = `default-src 'none'; script-src 'self' ${SANDBOX}; connect-src ${SANDBOX}; style-src 'self'; img-src data:`;
const PAGE = (script) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${script}</head>
<body><h1>Checkout</h1><div id="form"></div><button id="pay">Pay</button><div id="root"></div></body></html>`;

export async function openShop() {
  const bundled = await build({
    entryPoints: [new URL("shop.jsx", import.meta.url).pathname],
    bundle: true,
    write: false,
    define: { "process.env.NODE_ENV": '"development"' },
  });
  const bundle = bundled.outputFiles[0].text;
  const answers = {
    "/shop.js": ["text/javascript", bundle],
    "/": ["text/html", PAGE(`<script src="${SCRIPT}"></script>`)],
    "/bundle": ["text/html", PAGE('<script defer src="/shop.js"></script>')],
    "/done": ["text/html", PAGE("")],
  };
  const server = createServer((request, response) => {
    const [type, body] = answers[request.url.split("?")[0]] || ["text/plain", ""];
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Content-Security-Policy": POLICY });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

export const newPayment = (fields = {}) => api("POST", "payment_intents", { amount: 2900, currency: "usd", ...fields });

export async function newSetup() {
  const customer = await api("POST", "customers", { email: "ann@example.com" });
  return api("POST", "setup_intents", { customer: customer.id });
}

export async function fill(page, number = "4242424242424242", expiry = "12 / 40") {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiration date").fill(expiry);
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Country").selectOption("DE");
}

// Mounts a Payment Element on the script-tag page; `window.pay(options)` confirms with it.
export function mount(page, clientSecret, options = {}) {
  return page.evaluate(
    ([key, secret, more]) =>
      new Promise((resolve, reject) => {
        window.stripe = window.Stripe(key);
        window.elements = window.stripe.elements({ clientSecret: secret, ...more });
        const element = window.elements.create("payment");
        element.on("ready", resolve);
        element.on("loaderror", ({ error }) => reject(new Error(error.message)));
        element.mount("#form");
      }),
    [KEY, clientSecret, options],
  );
}

export const confirm = (page, method = "confirmPayment", more = { redirect: "if_required" }) =>
  page.evaluate(
    ([name, options]) => window.stripe[name]({ elements: window.elements, ...options }),
    [method, more],
  );
