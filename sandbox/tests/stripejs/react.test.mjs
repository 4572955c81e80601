// The official React components over the stand-in, and the parts of Stripe.js that pages use without an intent.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { KEY, SANDBOX, SCRIPT, api, fill, launch, mount, newPayment, openShop } from "./setting.mjs";

let browser, shop, page, complaints;

before(async () => {
  [browser, shop] = await Promise.all([launch(), openShop()]);
});
after(async () => {
  await browser.close();
  shop.close();
});
beforeEach(async () => {
  page = await browser.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
});
afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, []);
});

async function payInShop(intent) {
  await page.evaluate(([key, secret]) => window.startShop(key, secret), [KEY, intent.client_secret]);
  await fill(page);
  await page.getByRole("button", { name: "Pay now" }).click();
  await page.getByText("Payment succeeded").waitFor();
}

test("the official React components work unchanged, in strict mode too", async () => {
  const intent = await newPayment();
  await page.goto(`${shop.url}/bundle`);
  await page.addScriptTag({ url: SCRIPT });
  await payInShop(intent);
  assert.equal((await api("GET", `payment_intents/${intent.id}`)).status, "succeeded");
  assert.equal(await page.locator("[data-stripe-element]").count(), 1);
  assert.equal(await page.locator("#found").textContent(), "true");
  const seen = await page.evaluate(() => window.seen);
  assert.ok(seen.includes("ready"));
  const last = seen.at(-1);
  assert.deepEqual(last, { elementType: "payment", empty: false, complete: true, collapsed: false, value: { type: "card" } });
  await page.evaluate(() => window.closeShop());
  assert.equal(await page.locator("[data-stripe-element]").count(), 0);
});

test("the loader's own address may be answered by the sandbox", async () => {
  const intent = await newPayment();
  const context = await browser.newContext({ bypassCSP: true });
  await page.context().close();
  page = await context.newPage();
  const asked = [];
  await page.route("https://js.stripe.com/**", async (route) => {
    asked.push(route.request().url());
    const script = await fetch(`${SANDBOX}${new URL(route.request().url()).pathname}`);
    await route.fulfill({ contentType: "text/javascript", body: await script.text() });
  });
  await page.goto(`${shop.url}/bundle`);
  await payInShop(intent);
  assert.deepEqual(asked, ["https://js.stripe.com/endive/stripe.js"]);
});

test("themes, variables and rules reach the fields, and may change later", async () => {
  const intent = await newPayment();
  await page.goto(shop.url);
  const appearance = { theme: "night", variables: { borderRadius: "9px" }, rules: { ".Label": { fontWeight: "700" } } };
  await mount(page, intent.client_secret, { appearance });
  const style = (label, name) =>
    page.locator(label).evaluate((node, property) => getComputedStyle(node).getPropertyValue(property), name);
  assert.equal(await style("input#number", "background-color"), "rgb(48, 49, 61)");
  assert.equal(await style("input#number", "border-top-left-radius"), "9px");
  assert.equal(await style("label[for=number]", "font-weight"), "700");
  await page.evaluate(() => window.elements.update({ appearance: { theme: "stripe" } }));
  assert.equal(await style("input#number", "background-color"), "rgb(255, 255, 255)");
  const refused = page.evaluate(() => window.elements.update({ appearance: { rules: { "body": { color: "red" } } } }));
  await assert.rejects(refused, /Invalid selector/);
});

test("texts are readable in every theme", async () => {
  await page.goto(shop.url);
  for (const theme of ["stripe", "night", "flat"]) {
    const intent = await newPayment();
    await mount(page, intent.client_secret, { appearance: { theme } });
    await page.evaluate(() => window.elements.submit());
    const ratios = await page.locator("[data-stripe-element]").evaluate((host) => {
      const luminance = (color) => {
        const [r, g, b] = color.match(/[\d.]+/g).map((part) => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const input = host.shadowRoot.querySelector("#number");
      const background = luminance(getComputedStyle(input).backgroundColor);
      return [getComputedStyle(input).color, getComputedStyle(input, "::placeholder").color].map((color) => {
        const [dark, light] = [luminance(color), background].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
      });
    });
    for (const ratio of ratios) assert.ok(ratio >= 4.5, `${theme}: ${ratio}`);
  }
});

test("elements without an intent are submitted first and pay for one made later", async () => {
  await page.goto(shop.url);
  await page.evaluate((key) => {
    window.stripe = window.Stripe(key);
    window.elements = window.stripe.elements({ mode: "payment", amount: 2900, currency: "usd" });
    window.elements.create("payment").mount("#form");
  }, KEY);
  await fill(page);
  const intent = await newPayment();
  const pay = () =>
    page.evaluate(
      (clientSecret) => window.stripe.confirmPayment({ elements: window.elements, clientSecret, redirect: "if_required" }),
      intent.client_secret,
    );
  await assert.rejects(pay(), /elements\.submit\(\) must be called/);
  assert.deepEqual(await page.evaluate(() => window.elements.submit()), { selectedPaymentMethod: "card" });
  assert.equal((await pay()).paymentIntent.status, "succeeded");
});

test("payment methods, tokens and confirmation tokens for the server", async () => {
  await page.goto(shop.url);
  await page.evaluate((key) => {
    window.stripe = window.Stripe(key);
    window.elements = window.stripe.elements({ mode: "payment", amount: 2900, currency: "usd" });
    window.elements.create("payment").mount("#form");
  }, KEY);
  await fill(page);
  const made = await page.evaluate(async () => ({
    ...(await window.stripe.createPaymentMethod({ elements: window.elements })),
    ...(await window.stripe.createConfirmationToken({ elements: window.elements })),
    ...(await window.stripe.createToken(window.elements.getElement("payment"))),
  }));
  assert.equal(made.paymentMethod.card.last4, "4242");
  assert.equal(made.confirmationToken.payment_method_preview.card.last4, "4242");
  assert.equal(made.token.card.last4, "4242");
  const byMethod = await newPayment({ confirm: true, payment_method: made.paymentMethod.id });
  const byConfirmation = await newPayment({ confirm: true, confirmation_token: made.confirmationToken.id });
  const data = { type: "card", card: { token: made.token.id } };
  const byToken = await newPayment({ confirm: true, payment_method_data: data });
  assert.deepEqual([byMethod.status, byConfirmation.status, byToken.status], ["succeeded", "succeeded", "succeeded"]);
});

test("the older card element and its calls", async () => {
  const intent = await newPayment();
  await page.goto(shop.url);
  const result = await page.evaluate(
    ([key, clientSecret]) => {
      window.stripe = window.Stripe(key);
      window.elements = window.stripe.elements();
      window.card = window.elements.create("card", { hidePostalCode: true });
      window.card.mount("#form");
      window.brands = [];
      window.card.on("change", (event) => window.brands.push([event.brand, event.complete]));
      window.pay = () => window.stripe.confirmCardPayment(clientSecret, { payment_method: { card: window.card } });
      return window.pay();
    },
    [KEY, intent.client_secret],
  );
  assert.equal(result.error.code, "incomplete_number");
  await page.getByLabel("Card number").fill("378282246310005");
  await page.getByLabel("Expiration date").fill("1240");
  await page.getByLabel("Security code").fill("1234");
  assert.deepEqual((await page.evaluate(() => window.brands)).at(-1), ["amex", true]);
  assert.equal(await page.getByLabel("Card number").inputValue(), "3782 822463 10005");
  assert.equal((await page.evaluate(() => window.pay())).paymentIntent.status, "succeeded");
  await page.evaluate(() => window.card.clear());
  assert.equal(await page.getByLabel("Card number").inputValue(), "");
});
