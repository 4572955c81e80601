import type { Stripe } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";

/** Where Stripe.js comes from; the server decides and tells the page. */
export type StripeSource = { mode: "live" } | { mode: "sandbox"; scriptUrl: string };

const TEST_KEY = /^pk_test_/;
let loading: Promise<Stripe | null> | undefined;

function insertScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error("Stripe.js did not load"));
    };
    document.head.append(script);
  });
}

async function load(source: StripeSource, key: string): Promise<Stripe | null> {
  if (source.mode === "live") {
    if (TEST_KEY.test(key)) throw new Error("A test key in live mode");
    return loadStripe(key);
  }
  if (!TEST_KEY.test(key)) throw new Error("A live key in sandbox mode");
  // The loader takes a window.Stripe that is there already and then fetches nothing from elsewhere.
  if (!("Stripe" in window)) await insertScript(source.scriptUrl);
  return loadStripe(key);
}

/** Loads Stripe.js once per page; a failed try is forgotten, so that the next one starts anew. */
export function getStripe(source: StripeSource, key: string): Promise<Stripe | null> {
  loading ??= load(source, key).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
