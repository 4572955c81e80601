// What goes wrong on the way to a purchase, and how it is shown.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { customer, logIn } from "./customer.mjs";
import { BILLING, PASSWORD, PATIENCE, SANDBOX, SHOP, fillCard, newcomer, person, shoot, theBrowser } from "./world.mjs";

let browser, alan, page;

async function toCheckout(where = page, plan = "Starter") {
  await where.goto(`${SHOP}/plans?interval=month`);
  await where.getByRole("button", { name: `Choose ${plan}` }).click();
  await where.waitForURL("**/cart");
  await where.getByRole("link", { name: "Go to checkout" }).click();
  await where.getByRole("button", { name: "Continue to payment" }).waitFor();
}

const goOn = (where = page) => where.getByRole("button", { name: "Continue to payment" }).click();

/** The API behind a door that can be shut. */
async function doorToApi() {
  let open = true;
  const server = createServer((incoming, answer) => {
    if (!open) return void incoming.socket.destroy();
    const target = new URL(incoming.url, BILLING);
    const outgoing = request(target, { method: incoming.method, headers: { ...incoming.headers, host: target.host } }, (found) => {
      answer.writeHead(found.statusCode, found.headers);
      found.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const set = (wanted) => {
    open = wanted;
  };
  return { url: `http://127.0.0.1:${server.address().port}`, set, close: () => server.close() };
}

/** A web server of its own in front of that door. */
async function webBehind(apiUrl) {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const root = new URL("..", import.meta.url).pathname;
  const env = { ...process.env, WEB_BILLING_URL: apiUrl, WEB_STRIPE_MODE: "sandbox", WEB_STRIPE_JS_URL: `${SANDBOX}/stripe/js/stripe.js` };
  const web = spawn(process.execPath, [next, "start", root, "--hostname", "127.0.0.1", "--port", String(port)], { env, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline && !(await fetch(`${url}/icon.svg`).catch(() => null))?.ok) await new Promise((resolve) => setTimeout(resolve, 200));
  return { url, close: () => web.kill() };
}

describe("what goes wrong", { timeout: 1_800_000 }, () => {
  before(async () => {
    browser = await theBrowser();
    alan = await customer(browser, "alan");
    ({ page } = alan);
  });
  after(() => alan?.context.close());

  test("a coupon that is not valid is told in the cart, and the order goes on without it", async () => {
    await toCheckout();
    await page.goto(`${SHOP}/cart`);
    await page.getByLabel("Coupon").fill("NO-SUCH-COUPON");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This coupon is not valid for what is in your cart").waitFor();
    await shoot(page, "cart-coupon");
    await page.getByRole("link", { name: "Go to checkout" }).click();
    await page.getByText("The coupon NO-SUCH-COUPON is not valid").waitFor();
    await page.goto(`${SHOP}/cart`);
    await page.getByLabel("Coupon").fill("");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("This coupon is not valid for what is in your cart").waitFor({ state: "detached" });
  });

  test("a stranger sees the tax of a country before there is an account", async () => {
    const stranger = await person(browser);
    await stranger.page.goto(`${SHOP}/plans?interval=year`);
    await stranger.page.getByRole("button", { name: "Choose Starter" }).click();
    await stranger.page.getByLabel("Your country").selectOption("DE");
    await stranger.page.getByRole("button", { name: "Show tax" }).click();
    await stranger.page.getByText("Total", { exact: true }).waitFor();
    await shoot(stranger.page, "cart-tax");
    await stranger.context.close();
  });

  test("a session that ended in the middle of the checkout costs neither cart nor form", async () => {
    await toCheckout();
    const form = page.getByRole("form", { name: "Contact" });
    await form.getByLabel(/Company/).fill("Bletchley & Co");
    await alan.context.clearCookies({ name: /__Host-np_(access|refresh)/ });
    await goOn();
    await page.getByText("You were logged out").waitFor();
    await shoot(page, "checkout-session-ended");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("You were logged out").waitFor({ state: "detached" });
    assert.equal(await form.getByLabel(/Company/).inputValue(), "Bletchley & Co");
    await goOn();
    await page.getByLabel("Card number").waitFor();
  });

  test("a tab closed before the payment goes on where it was", async () => {
    await page.close();
    page = await alan.context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${SHOP}/checkout`);
    await page.getByLabel("Card number").waitFor();
  });

  test("paid in two tabs is paid once", async () => {
    const second = await alan.context.newPage();
    second.setDefaultTimeout(PATIENCE);
    await second.goto(`${SHOP}/checkout`);
    await fillCard(second, "4242424242424242");
    await fillCard(page, "4242424242424242");
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.waitForURL("**/orders/*");
    await second.waitForURL("**/orders/*");
    await second.close();
    await page.getByRole("heading", { name: "Everything is ready" }).waitFor();
    await page.goto(`${SHOP}/payments`);
    assert.equal(await page.getByRole("row").count(), 2);
  });

  test("a domain lost between search and payment is taken out, and the rest is ordered", async () => {
    const { domain } = newcomer("lost");
    await page.goto(`${SHOP}/search?q=${domain}`);
    await page.getByRole("button", { name: `Add to cart: ${domain}` }).click();
    await page.getByRole("link", { name: "In cart" }).waitFor();
    const other = await customer(browser, "quick", { plan: "starter", withDomain: domain });
    await other.context.close();
    await toCheckout();
    await page.getByRole("form", { name: "Contact" }).getByLabel("Phone").fill("+1 602 555 0100");
    await goOn();
    await page.getByText("Somebody registered this domain meanwhile").waitFor();
    await shoot(page, "checkout-domain-lost");
    await page.getByRole("button", { name: `Remove ${domain} from the cart` }).click();
    await page.getByText(domain).first().waitFor({ state: "detached" });
    await goOn();
    await page.getByLabel("Card number").waitFor();
  });

  test("a page says that the API is down, and comes back by itself", async () => {
    const door = await doorToApi();
    const web = await webBehind(door.url);
    const visitor = await person(browser);
    try {
      door.set(false);
      await visitor.page.goto(`${web.url}/plans`);
      await visitor.page.getByText("This page could not be loaded").waitFor();
      await shoot(visitor.page, "api-down");
      door.set(true);
      await visitor.page.getByRole("button", { name: "Choose Starter" }).waitFor();
    } finally {
      await visitor.context.close();
      web.close();
      door.close();
    }
  });

  test("another customer's address does not exist", async () => {
    await page.goto(`${SHOP}/licenses`);
    const theirs = await page.getByRole("link", { name: "Starter" }).getAttribute("href");
    const eve = await customer(browser, "eve");
    const answer = await eve.page.goto(`${SHOP}${theirs}`);
    assert.equal(answer.status(), 404);
    await eve.page.getByText("There is nothing here").waitFor();
    await logIn(eve.context, alan.email);
    assert.equal((await eve.page.goto(`${SHOP}${theirs}`)).status(), 200);
    await eve.context.close();
  });
});
