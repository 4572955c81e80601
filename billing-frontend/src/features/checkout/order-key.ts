const STORE = "np-order-key";

/**
 * The Idempotency-Key of one order form: the same as long as the same things are ordered, so a double click, a lost
 * answer or a reload lead to the one order; a new one once anything differs.
 */
export function orderKey(body: unknown, store: Pick<Storage, "getItem" | "setItem">): string {
  const wanted = JSON.stringify(body);
  try {
    const kept = JSON.parse(store.getItem(STORE) ?? "null") as { body?: string; key?: string } | null;
    if (kept?.body === wanted && kept.key) return kept.key;
  } catch {
    // What cannot be read is replaced below.
  }
  const key = crypto.randomUUID();
  store.setItem(STORE, JSON.stringify({ body: wanted, key }));
  return key;
}

/** After a payment the same things may be bought again, as another order. */
export function forgetOrderKey(store: Pick<Storage, "removeItem">): void {
  store.removeItem(STORE);
}
