// A shop's page as its authors would write it: the official loader and the official components, nothing of ours.

import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import React, { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function Checkout({ seen }) {
  const stripe = useStripe();
  const elements = useElements();
  const [message, setMessage] = useState("");
  async function pay(event) {
    event.preventDefault();
    const { error, paymentIntent } = await stripe.confirmPayment({ elements, redirect: "if_required" });
    setMessage(error ? error.message : `Payment ${paymentIntent.status}`);
  }
  return (
    <form onSubmit={pay}>
      <PaymentElement onReady={() => seen.push("ready")} onChange={(event) => seen.push(event)} />
      <button>Pay now</button>
      <p role="status">{message}</p>
      <p id="found">{String(elements !== null && elements.getElement(PaymentElement) !== null)}</p>
    </form>
  );
}

window.loadStripe = loadStripe;
window.seen = [];
window.startShop = (key, clientSecret) => {
  const root = createRoot(document.getElementById("root"));
  const shop = (
    <StrictMode>
      <Elements stripe={loadStripe(key)} options={{ clientSecret, appearance: { theme: "night" } }}>
        <Checkout seen={window.seen} />
      </Elements>
    </StrictMode>
  );
  root.render(shop);
  window.closeShop = () => root.unmount();
};
