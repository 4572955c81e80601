import { Alert } from "@nextpanel/ui/alert";
import { PageHeader } from "@nextpanel/ui/page";
import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { readCart } from "@/features/cart/cookie";
import { countItems, toOrderItems } from "@/features/cart/model";
import { type PricedCart, priceCart, sellable } from "@/features/cart/prices";
import { quoteItems } from "@/features/cart/quote";
import { Checkout } from "@/features/checkout/checkout";
import { type Contact, EMPTY_CONTACT } from "@/features/checkout/contact";
import type { SummaryLine } from "@/features/checkout/summary";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";
import { api, need, visitor } from "@/server/api";
import { config } from "@/server/config";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("checkout"))("title") };
}

async function linesOf(priced: PricedCart): Promise<SummaryLine[]> {
  const t = await texts("checkout");
  const plan = priced.plan
    ? [{
        key: priced.plan.plan.code,
        title: t("planLine", { plan: priced.plan.plan.name }),
        note: priced.plan.interval === "year" ? t("yearly") : t("monthly"),
        amount: priced.plan.amount,
      }]
    : [];
  const domains = priced.domains.map((each) => ({ key: each.name, title: each.name, note: t("oneYear"), amount: each.amount }));
  const renewals = priced.renewals.map((each) => ({ key: each.name, title: each.name, note: t("oneMoreYear"), amount: each.amount }));
  return [...plan, ...domains, ...renewals];
}

/** The buyer as far as the account knows; the last word of a full name is taken for the family name. */
async function buyerOf(me: NonNullable<Awaited<ReturnType<typeof visitor>>>) {
  const details = await need((await api()).GET("/api/v1/me/billing-details"));
  const words = me.full_name.trim().split(/\s+/);
  const last = words.length > 1 ? (words.pop() ?? "") : "";
  const contact: Contact = {
    first_name: words.join(" "),
    last_name: last,
    company_name: details.company_name ?? "",
    address_line1: details.address_line1 ?? "",
    city: details.city ?? "",
    region: details.region ?? "",
    postal_code: details.postal_code ?? "",
    country: details.country ?? "",
    phone: me.phone ?? "",
  };
  return { contact, vatNumber: details.vat?.number ?? null };
}

export default async function CheckoutPage() {
  const [t, cart, me] = await Promise.all([texts("checkout"), readCart(), visitor()]);
  if (countItems(cart) === 0) redirect("/cart");
  const priced = await priceCart(cart);
  const buyer = me ? await buyerOf(me) : null;
  const wanted = { items: toOrderItems(sellable(cart, priced)), currency: priced.currency };
  const { quote, couponRefused } = await quoteItems(wanted.items, wanted.currency, cart);
  return (
    <div className="mx-auto max-w-6xl px-4 pt-10 sm:px-6">
      <PageHeader title={t("title")} />
      {couponRefused ? (
        <Alert tone="warn" title={t("couponRefused", { code: cart.coupon ?? "" })} className="mb-6">
          {t("couponRefusedHelp")}
        </Alert>
      ) : null}
      <ClientTexts namespaces={["account", "checkout", "contact", "pay"]}>
        <Checkout
          wanted={{ ...wanted, coupon: couponRefused ? null : cart.coupon }}
          lines={await linesOf(priced)}
          subtotal={priced.subtotal}
          quote={quote}
          visitor={me ? { email: me.email, verified: me.email_verified, vatNumber: buyer?.vatNumber ?? null } : null}
          contact={buyer?.contact ?? EMPTY_CONTACT}
          source={config().stripe}
        />
      </ClientTexts>
    </div>
  );
}
