"use server";

import { redirect } from "next/navigation";

import { readCart, writeCart } from "./cookie";
import { EMPTY_CART, type Interval, withCountry, withCoupon, withDomain, withPlan, withRenewal, withoutDomain } from "./model";

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

function intervalOf(form: FormData): Interval {
  return text(form, "interval") === "month" ? "month" : "year";
}

export async function choosePlan(form: FormData): Promise<void> {
  const code = text(form, "plan");
  if (/^[a-z0-9_-]{1,40}$/.test(code)) await writeCart(withPlan(await readCart(), code, intervalOf(form)));
  redirect("/cart");
}

export async function addDomain(form: FormData): Promise<void> {
  const name = text(form, "name");
  if (name.length >= 3 && name.length <= 253) await writeCart(withDomain(await readCart(), name));
}

/** Puts another year of a domain into the cart and goes there. */
export async function renewDomain(form: FormData): Promise<void> {
  const name = text(form, "name");
  if (name.length >= 3 && name.length <= 253) await writeCart(withRenewal(await readCart(), name));
  redirect("/cart");
}

export async function removeDomain(form: FormData): Promise<void> {
  await writeCart(withoutDomain(await readCart(), text(form, "name")));
}

export async function removePlan(): Promise<void> {
  await writeCart({ ...(await readCart()), plan: null });
}

export async function setInterval(form: FormData): Promise<void> {
  const cart = await readCart();
  if (cart.plan) await writeCart(withPlan(cart, cart.plan.code, intervalOf(form)));
}

export async function setCoupon(form: FormData): Promise<void> {
  await writeCart(withCoupon(await readCart(), text(form, "coupon")));
}

export async function setCountry(form: FormData): Promise<void> {
  await writeCart(withCountry(await readCart(), text(form, "country")));
}

/** Called once what was in the cart has been paid for. */
export async function emptyCart(): Promise<void> {
  await writeCart(EMPTY_CART);
}
