// Paying in the browser: what the customer sees, what the page is told, what the account then has.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { KEY, SCRIPT, api, confirm, fill, launch, mount, newPayment, newSetup, openShop } from "./setting.mjs";

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
  page.on("console", (message) => {
    // A refused card is a 402, and browsers report every such answer.
    const text = message.text();
    if (["error", "warning"].includes(message.type()) && !text.includes("status of 402")) complaints.push(text);
  });
  await page.goto(shop.url);
});
afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, []);
});

const dialog = () => page.getByRole("dialog", { name: "Your bank asks: is this you?" });
const status = async (intent) => (await api("GET", `payment_intents/${intent.id}`)).status;

test("a paid card leads to the return address", async () => {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await fill(page);
  const asked = page.waitForURL(/\/done\?/);
  confirm(page, "confirmPayment", { confirmParams: { return_url: `${shop.url}/done?order=1` } }).catch(() => {});
  await asked;
  const result = Object.fromEntries(new URL(page.url()).searchParams);
  assert.deepEqual(result, {
    order: "1",
    payment_intent: intent.id,
    payment_intent_client_secret: intent.client_secret,
    redirect_status: "succeeded",
  });
  const paid = await api("GET", `payment_intents/${intent.id}`, { expand: { 0: "payment_method" } });
  assert.equal(paid.status, "succeeded");
  assert.equal(paid.payment_method.card.last4, "4242");
  assert.equal(paid.payment_method.billing_details.address.country, "DE");
});

test("without redirect the page gets the intent and billing details go along", async () => {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await fill(page);
  const details = { name: "Ann", email: "ann@example.com", address: { city: "Graz" } };
  const { paymentIntent, error } = await confirm(page, "confirmPayment", {
    redirect: "if_required",
    confirmParams: { payment_method_data: { billing_details: details } },
  });
  assert.equal(error, undefined);
  assert.deepEqual([paymentIntent.id, paymentIntent.status], [intent.id, "succeeded"]);
  const method = await api("GET", `payment_methods/${paymentIntent.payment_method}`);
  assert.deepEqual([method.billing_details.name, method.billing_details.address.city], ["Ann", "Graz"]);
  assert.equal(method.billing_details.address.country, "DE");
});

test("a declined card is told and another one pays", async () => {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await fill(page, "4000000000009995");
  const { error } = await confirm(page);
  assert.equal(error.type, "card_error");
  assert.deepEqual([error.code, error.decline_code], ["card_declined", "insufficient_funds"]);
  assert.match(error.message, /insufficient funds/);
  assert.equal(error.payment_intent.id, intent.id);
  await fill(page);
  assert.equal((await confirm(page)).paymentIntent.status, "succeeded");
});

test("what is missing is told at its field before anything is sent", async () => {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await page.getByLabel("Card number").fill("4242424242424241");
  const { error } = await confirm(page);
  assert.deepEqual([error.type, error.code], ["validation_error", "invalid_number"]);
  assert.equal(await page.getByLabel("Card number").getAttribute("aria-invalid"), "true");
  const texts = await page.getByRole("alert").allTextContents();
  assert.ok(texts.includes("Your card number is invalid."));
  assert.ok(texts.includes("Your card's security code is incomplete."));
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.id), "number");
  await page.getByLabel("Country").selectOption("US");
  await page.getByLabel("Postal code").fill("1");
  assert.equal((await page.evaluate(() => window.elements.submit())).error.code, "invalid_number");
  await page.getByLabel("Card number").fill("4242424242424242");
  await page.getByLabel("Expiration date").fill("0120");
  assert.equal((await page.evaluate(() => window.elements.submit())).error.code, "invalid_expiry_year_past");
  await page.getByLabel("Expiration date").fill("1240");
  await page.getByLabel("Security code").fill("123");
  assert.equal((await page.evaluate(() => window.elements.submit())).error.code, "incomplete_zip");
  await page.getByLabel("Postal code").fill("10001");
  const submitted = await page.evaluate(() => window.elements.submit());
  assert.deepEqual(submitted, { selectedPaymentMethod: "card" });
  assert.equal(await status(intent), "requires_payment_method");
});

test("the whole way by keyboard, the bank's question included", async () => {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await page.locator("#pay").evaluate((button) => button.addEventListener("click", async () => {
    const result = await window.stripe.confirmPayment({ elements: window.elements, redirect: "if_required" });
    document.title = result.paymentIntent ? result.paymentIntent.status : result.error.message;
  }));
  for (const text of ["4000000000003220", "1240", "123"]) {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  }
  assert.equal(await page.getByLabel("Card number").inputValue(), "4000 0000 0000 3220");
  assert.equal(await page.getByLabel("Expiration date").inputValue(), "12 / 40");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Germany");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await dialog().waitFor();
  assert.match(await dialog().textContent(), /\$29\.00/);
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), "Complete authentication");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.title === "succeeded");
  assert.equal(await page.evaluate(() => document.activeElement.id), "pay");
  assert.equal(await status(intent), "succeeded");
});

async function refuse(answer) {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await fill(page, "4000002760003184");
  const pending = confirm(page);
  await dialog().waitFor();
  assert.equal(await status(intent), "requires_action");
  await answer();
  const { error } = await pending;
  assert.equal(error.code, "payment_intent_authentication_failure");
  assert.equal(error.payment_intent.status, "requires_payment_method");
  assert.equal(await dialog().count(), 0);
  assert.equal(await status(intent), "requires_payment_method");
}

test("authentication that fails asks for another card", async () => {
  await refuse(() => page.getByRole("button", { name: "Fail authentication" }).click());
});

test("authentication that is turned away from by Escape has failed", async () => {
  await refuse(() => page.keyboard.press("Escape"));
});

test("authenticated and then declined", async () => {
  const intent = await newPayment();
  await mount(page, intent.client_secret);
  await fill(page, "4000008260003178");
  const pending = confirm(page);
  await page.getByRole("button", { name: "Complete authentication" }).click();
  assert.equal((await pending).error.decline_code, "insufficient_funds");
});

test("a card is set up with the bank's consent", async () => {
  const intent = await newSetup();
  await mount(page, intent.client_secret);
  assert.equal(await page.getByText("you allow future payments").count(), 1);
  await fill(page, "4000002500003155");
  const pending = confirm(page, "confirmSetup");
  await page.getByRole("button", { name: "Complete authentication" }).click();
  const { setupIntent } = await pending;
  assert.equal(setupIntent.status, "succeeded");
  const method = await api("GET", `payment_methods/${setupIntent.payment_method}`);
  assert.equal(method.customer, intent.customer);
});

test("an intent confirmed by the server is finished in the browser", async () => {
  const intent = await newPayment({ confirm: true, payment_method: "pm_card_threeDSecure2Required" });
  assert.equal(intent.status, "requires_action");
  await page.evaluate((key) => (window.stripe = window.Stripe(key)), KEY);
  const pending = page.evaluate((clientSecret) => window.stripe.handleNextAction({ clientSecret }), intent.client_secret);
  await page.getByRole("button", { name: "Complete authentication" }).click();
  assert.equal((await pending).paymentIntent.status, "succeeded");
  const again = await page.evaluate((clientSecret) => window.stripe.handleNextAction({ clientSecret }), intent.client_secret);
  assert.equal(again.error.code, "payment_intent_unexpected_state");
});

test("intents are shown to the holder of their secret only", async () => {
  const intent = await newPayment({ metadata: { secret: "x" } });
  await page.evaluate((key) => (window.stripe = window.Stripe(key)), KEY);
  const look = (secret) => page.evaluate((text) => window.stripe.retrievePaymentIntent(text), secret);
  const { paymentIntent } = await look(intent.client_secret);
  assert.deepEqual([paymentIntent.amount, paymentIntent.metadata], [2900, undefined]);
  assert.equal((await look(`${intent.id}_secret_wrong`)).error.code, "resource_missing");
  complaints = complaints.filter((text) => !text.includes("status of 404"));
  await assert.rejects(look("nonsense"), /should have the form/);
});

test("keys other than test ones are refused", async () => {
  const refused = (key) => page.evaluate((text) => {
    try {
      return String(window.Stripe(text));
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  }, key);
  assert.match(await refused("sk_test_sandbox"), /^IntegrationError: You should not use your secret key/);
  assert.match(await refused("pk_live_abc"), /^IntegrationError: .*pk_test_ only/);
  assert.match(await refused(undefined), /^IntegrationError: Missing value/);
  assert.equal(await page.evaluate(() => window.Stripe.version), "endive");
});

test("the official loader takes the script that is there and loads nothing from elsewhere", async () => {
  await page.goto(`${shop.url}/bundle`);
  await page.addScriptTag({ url: SCRIPT });
  const loaded = await page.evaluate(async (key) => (await window.loadStripe(key)) !== null, KEY);
  assert.equal(loaded, true);
  assert.equal(await page.locator('script[src^="https://js.stripe.com"]').count(), 0);
});

test("an invoice is paid on its hosted page by card", async () => {
  const customer = await api("POST", "customers", { name: "Ann" });
  const draft = await api("POST", "invoices", { customer: customer.id, currency: "usd" });
  const item = { customer: customer.id, invoice: draft.id, amount: 1200, currency: "usd", description: "Domain" };
  await api("POST", "invoiceitems", item);
  const invoice = await api("POST", `invoices/${draft.id}/finalize`);
  await page.goto(invoice.hosted_invoice_url);
  await fill(page, "4000000000000002");
  await page.getByRole("button", { name: "Pay $12.00" }).first().click();
  await page.locator("#problem").getByText("Your card was declined.").waitFor();
  await fill(page, "4000000000003220");
  await page.getByRole("button", { name: "Pay $12.00" }).first().click();
  await page.getByRole("button", { name: "Complete authentication" }).click();
  await page.waitForURL(/redirect_status=succeeded/);
  assert.equal(await page.locator(".badge.paid").textContent(), "paid");
  assert.equal((await api("GET", `invoices/${draft.id}`)).status, "paid");
});
