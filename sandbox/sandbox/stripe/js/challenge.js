// The bank's question as a dialog over the page. A native modal dialog keeps the focus inside and the page inert.

function shownAmount(intent) {
  if (intent.amount === undefined) return "";
  const format = new Intl.NumberFormat("en", { style: "currency", currency: intent.currency });
  return format.format(intent.amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function askCustomer(intent) {
  const host = make("div", { "data-stripe-challenge": intent.id });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheetOf(DIALOG_STYLE)];
  const title = make("h2", { id: "title" }, "Your bank asks: is this you?");
  const amount = shownAmount(intent);
  const what = amount ? `A payment of ${amount} waits for your consent.` : "Saving this card waits for your consent.";
  const text = make("p", { id: "text" }, `${what} On a test card you choose how it ends.`);
  const complete = make("button", { type: "button" }, "Complete authentication");
  const fail = make("button", { type: "button" }, "Fail authentication");
  const actions = make("div", { class: "actions" }, complete, fail);
  const dialog = make("dialog", { "aria-labelledby": "title", "aria-describedby": "text" }, title, text, actions);
  root.append(dialog);
  document.body.append(host);
  return new Promise((resolve) => {
    complete.addEventListener("click", () => dialog.close("complete"));
    fail.addEventListener("click", () => dialog.close("fail"));
    // Escape closes without a value: somebody who turns away has not authenticated.
    dialog.addEventListener("close", () => {
      host.remove();
      resolve(dialog.returnValue === "complete" ? "complete" : "fail");
    });
    dialog.showModal();
  });
}

async function passChallenge(intent) {
  const outcome = await askCustomer(intent);
  const fields = { client_secret: intent.client_secret };
  return send("POST", `${BASE}/3ds/${intent.id}/${outcome}`, fields, { Accept: "application/json" });
}
