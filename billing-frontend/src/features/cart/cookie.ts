import "server-only";

import { cookies } from "next/headers";

import { type Cart, parseCart } from "./model";

export const CART_COOKIE = "__Host-np_cart";
const MONTH_SECONDS = 30 * 24 * 3600;

/** The cart lives in a cookie, so it works without script and outlives any session. */
export async function readCart(): Promise<Cart> {
  return parseCart((await cookies()).get(CART_COOKIE)?.value);
}

export async function writeCart(cart: Cart): Promise<void> {
  const options = { httpOnly: true, secure: true, sameSite: "lax", path: "/", maxAge: MONTH_SECONDS } as const;
  (await cookies()).set(CART_COOKIE, JSON.stringify(cart), options);
}
