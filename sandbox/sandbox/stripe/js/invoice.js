// The hosted invoice page's own use of Stripe.js: the same element and the same calls a shop would make.

(function () {
  "use strict";
  const form = document.getElementById("payment");
  const problem = document.getElementById("problem");
  const button = form.querySelector("button");
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const stripe = window.Stripe(form.dataset.key);
  const elements = stripe.elements({
    clientSecret: form.dataset.clientSecret,
    appearance: { theme: dark ? "night" : "stripe" },
  });
  form.hidden = false;
  elements.create("payment").mount("#element");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    const { error } = await stripe.confirmPayment({
      elements,
      confirmParams: { return_url: form.dataset.returnUrl },
    });
    // The element itself tells what is missing in its fields.
    problem.hidden = error.type === "validation_error";
    problem.textContent = error.message;
    button.disabled = false;
  });
})();
