// A customer's way through shop and portal, in a real browser against the real stack.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { PASSWORD, PATIENCE, SHOP, fillCard, mailedLink, newcomer, person, shoot, stumbles, theBrowser } from "./world.mjs";

const ada = newcomer("ada");
const objections = [];
let browser, page, context, complaints;

/** Pictures of the page, and what axe objects to on it. */
async function look(name) {
  await shoot(page, name);
  objections.push(...(await stumbles(page, name)));
}

async function fillContact() {
  const form = page.getByRole("form", { name: "Contact" });
  await form.getByLabel("Street and number").fill("1 Analytical Way");
  await form.getByLabel("Postal code").fill("85001");
  await form.getByLabel("City").fill("Phoenix");
  await form.getByLabel(/State or region/).fill("AZ");
  await form.getByLabel("Country").selectOption("US");
  const phone = form.getByLabel("Phone");
  if (await phone.count()) await phone.fill("+1 602 555 0100");
}

async function toPayment(plan) {
  await page.goto(`${SHOP}/plans?interval=month`);
  await page.getByRole("button", { name: `Choose ${plan}` }).click();
  await page.waitForURL("**/cart");
  await page.getByRole("link", { name: "Go to checkout" }).click();
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await page.getByLabel("Card number").waitFor();
}

const pay = () => page.getByRole("button", { name: "Pay now" }).click();
const fulfilled = () => page.getByRole("heading", { name: "Everything is ready" }).waitFor();

describe("shop and portal", { timeout: 1_800_000 }, () => {
  before(async () => {
    browser = await theBrowser();
    ({ page, context, complaints } = await person(browser));
  });
  after(() => context?.close());

  test("a stranger finds a domain and a plan, without script too", async () => {
    const quiet = await person(browser, { javaScriptEnabled: false });
    await quiet.page.goto(SHOP);
    await quiet.page.getByRole("searchbox").fill(ada.domain);
    await quiet.page.getByRole("button", { name: "Search", exact: true }).click();
    await quiet.page.getByRole("button", { name: `Add to cart: ${ada.domain}` }).waitFor();
    await quiet.page.goto(`${SHOP}/plans?interval=month`);
    await quiet.page.getByRole("button", { name: "Choose Starter" }).click();
    await quiet.page.getByText("Paid monthly").waitFor();
    await quiet.context.close();
  });

  test("the purchase, from the search box to the panel", async () => {
    await page.goto(SHOP);
    await look("home");
    await page.goto(`${SHOP}/plans`);
    await look("plans");
    await page.goto(`${SHOP}/search?q=${ada.domain}`);
    await page.getByRole("button", { name: `Add to cart: ${ada.domain}` }).click();
    await page.getByRole("link", { name: "In cart" }).waitFor();
    await look("search");
    await page.goto(`${SHOP}/plans`);
    await page.getByRole("button", { name: "Choose Starter" }).click();
    await page.waitForURL("**/cart");
    await look("cart");
    await page.getByRole("link", { name: "Go to checkout" }).click();

    await page.getByLabel("Full name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("New password").fill(PASSWORD);
    await look("checkout-account");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Confirm your e-mail address").waitFor();
    const second = await context.newPage();
    await second.goto(await mailedLink(ada.email, "verify-email"));
    await second.getByText("Address confirmed").waitFor({ timeout: PATIENCE });
    await second.close();

    await fillContact();
    await look("checkout-contact");
    await page.getByRole("button", { name: "Continue to payment" }).click();
    await fillCard(page, "4242424242424242");
    await look("checkout-payment");
    await pay();
    await page.waitForURL("**/orders/*");
    await fulfilled();
    await look("order");
    assert.equal(await page.getByRole("listitem").filter({ hasText: "Your domain" }).getAttribute("data-state"), "done");
    const cart = page.getByRole("link", { name: "Cart, 0 items" });
    await page.reload();
    await cart.waitFor();
    await page.getByRole("button", { name: "Open your panel" }).click();
    await page.waitForURL((url) => url.origin !== new URL(SHOP).origin);
    assert.ok(!page.url().includes("/login"), page.url());
    assert.deepEqual(complaints, []);
  });

  test("the tokens are out of reach for script", async () => {
    await page.goto(`${SHOP}/dashboard`);
    const cookies = await context.cookies(SHOP);
    const tokens = cookies.filter((each) => each.name.startsWith("__Host-np_"));
    assert.ok(tokens.some((each) => each.name === "__Host-np_refresh"));
    assert.ok(tokens.every((each) => each.httpOnly && each.secure && each.sameSite !== "None" && each.path === "/"));
    assert.equal(await page.evaluate(() => document.cookie), "");
  });

  test("an access token that ran out is renewed by many requests at once", async () => {
    await context.clearCookies({ name: "__Host-np_access" });
    const statuses = await page.evaluate(() =>
      Promise.all(Array.from({ length: 8 }, () => fetch("/api/billing/api/v1/me").then((answer) => answer.status))),
    );
    assert.deepEqual(new Set(statuses), new Set([200]));
    await page.goto(`${SHOP}/dashboard`);
    await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  });

  test("the portal shows what was bought, and the key to whoever knows the password", async () => {
    await look("dashboard");
    await page.getByRole("link", { name: "Starter" }).click();
    await page.getByText("0 of 5").first().waitFor();
    await look("license");
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Show the key" }).click();
    await page.getByText("The password is wrong.").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Show the key" }).click();
    const key = page.getByRole("dialog").locator("code");
    assert.match(await key.innerText(), /^NP-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Billing", exact: true }).click();
    await page.waitForURL("**/invoices");
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.waitForURL("**/invoices/*");
    const pdf = await page.getByRole("link", { name: "PDF" }).getAttribute("href");
    const document = await context.request.get(new URL(pdf, SHOP).href);
    assert.equal(document.headers()["content-type"], "application/pdf");
    await look("invoice");
    for (const path of ["invoices", "payments", "credit", "upcoming", "payment-methods", "domains", "notifications", "licenses", "profile"]) {
      await page.goto(`${SHOP}/${path}`);
      await look(path);
    }
    assert.deepEqual(complaints, []);
  });

  test("an upgrade shows its price before it happens; a cancellation can be taken back", async () => {
    await page.goto(`${SHOP}/licenses`);
    await page.getByRole("link", { name: "Starter" }).click();
    await page.getByRole("link", { name: "Change plan or cancel" }).click();
    await page.getByLabel("Plan", { exact: true }).selectOption({ label: "Professional" });
    await page.getByRole("button", { name: "Show the price" }).click();
    await page.getByText("To pay today").waitFor();
    await look("subscription");
    await page.getByRole("button", { name: "Confirm the change" }).click();
    await page.getByText("Your plan is changed").waitFor();
    await page.getByRole("heading", { name: "Professional subscription" }).waitFor();
    await page.getByRole("button", { name: "Cancel subscription" }).click();
    await page.getByRole("button", { name: "Cancel at the end" }).click();
    await page.getByRole("button", { name: "Keep the subscription" }).click();
    await page.getByRole("button", { name: "Cancel subscription" }).waitFor();
  });

  test("a declined card charges nothing, and another one pays the same order", async () => {
    await toPayment("Professional");
    await fillCard(page, "4000000000000002");
    await pay();
    await page.getByText("The payment did not go through").waitFor();
    await look("checkout-declined");
    await fillCard(page, "4242424242424242");
    await pay();
    await fulfilled();
  });

  test("the bank asks: turned down nothing is paid, confirmed it is", async () => {
    await toPayment("Enterprise");
    await fillCard(page, "4000002500003155");
    await pay();
    await page.getByRole("button", { name: "Fail authentication" }).click();
    await page.getByText("The payment did not go through").waitFor();
    await fillCard(page, "4000002500003155");
    await pay();
    await page.getByRole("button", { name: "Complete authentication" }).click();
    await fulfilled();
  });

  test("no page has anything that axe objects to", () => {
    assert.deepEqual([...new Set(objections)], []);
  });

  test("other people's things do not exist", async () => {
    const order = await page.evaluate(() => location.pathname);
    const stranger = await person(browser);
    await stranger.page.goto(`${SHOP}${order}`);
    await stranger.page.waitForURL("**/login?next=*");
    await stranger.context.close();
    const missing = await page.goto(`${SHOP}/invoices/01900000-0000-7000-8000-000000000000`);
    assert.equal(missing.status(), 404);
    const refused = await context.request.post(`${SHOP}/api/auth/logout`, { headers: { origin: "https://evil.example" } });
    assert.equal(refused.status(), 403);
  });
});
