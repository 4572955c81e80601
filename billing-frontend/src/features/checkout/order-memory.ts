const STORE = "np-order";
const PAID = "np-order-paid";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

interface Memory {
  /** What was ordered, as a digest: whoever buys is nobody's business but the server's. */
  digest: string;
  key: string;
  order?: { id: string; things: string };
}

function read(store: Store): Memory | null {
  try {
    const kept = JSON.parse(store.getItem(STORE) ?? "null") as Partial<Memory> | null;
    return typeof kept?.digest === "string" && typeof kept.key === "string" ? (kept as Memory) : null;
  } catch {
    return null;
  }
}

async function digestOf(body: unknown): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(body)));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The Idempotency-Key of one order: the same as long as the same things are ordered, so a double click, a lost answer,
 * a reload or a second tab lead to the one order; a new one once anything differs.
 */
export async function orderKey(body: unknown, store: Store): Promise<string> {
  const digest = await digestOf(body);
  const kept = read(store);
  if (kept?.digest === digest) return kept.key;
  const key = crypto.randomUUID();
  store.setItem(STORE, JSON.stringify({ digest, key } satisfies Memory));
  return key;
}

/** Keeps which order stands for `things`, so that a tab that was closed can go on with it. */
export function rememberOrder(id: string, things: string, store: Store): void {
  const kept = read(store);
  if (kept) store.setItem(STORE, JSON.stringify({ ...kept, order: { id, things } } satisfies Memory));
}

/** Returns the id of the order that was placed for `things` and is not known to be paid, or null. */
export function rememberedOrder(things: string, store: Store): string | null {
  const order = read(store)?.order;
  return order?.things === things ? order.id : null;
}

/** Without an order in mind the same things may be bought again, as another order. */
export function forgetOrder(store: Store): void {
  store.removeItem(STORE);
}

/** Tells other tabs that this order is paid; they hear it by `onPaid`. */
export function announcePaid(id: string, store: Store): void {
  forgetOrder(store);
  store.setItem(PAID, id);
}

/** Calls back with the id of an order that was paid in another tab; returns how to stop. */
export function onPaid(call: (id: string) => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === PAID && event.newValue) call(event.newValue);
  };
  window.addEventListener("storage", hear);
  return () => window.removeEventListener("storage", hear);
}
