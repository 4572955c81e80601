import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Card } from "@nextpanel/ui/card";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { ShoppingCart } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { CartLines } from "@/features/cart/cart-lines";
import { CartSummary } from "@/features/cart/cart-summary";
import { readCart } from "@/features/cart/cookie";
import { countItems, toOrderItems } from "@/features/cart/model";
import { priceCart, sellable } from "@/features/cart/prices";
import { quoteItems } from "@/features/cart/quote";
import { SearchBox } from "@/features/catalog/search-box";
import { texts } from "@/i18n/server";
import { visitor } from "@/server/api";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("cart"))("title") };
}

export default async function CartPage() {
  const [t, cart, me] = await Promise.all([texts("cart"), readCart(), visitor()]);
  if (countItems(cart) === 0) {
    return (
      <div className="mx-auto max-w-3xl px-4 pt-12 sm:px-6">
        <PageHeader title={t("title")} />
        <Card>
          <EmptyState
            icon={<ShoppingCart />}
            title={t("empty")}
            action={
              <Button asChild>
                <Link href="/plans">{t("seePlans")}</Link>
              </Button>
            }
          >
            {t("emptyHelp")}
          </EmptyState>
        </Card>
      </div>
    );
  }
  const priced = await priceCart(cart);
  const quoted = await quoteItems(toOrderItems(sellable(cart, priced)), priced.currency, cart);
  return (
    <div className="mx-auto max-w-6xl px-4 pt-12 sm:px-6">
      <PageHeader title={t("title")} />
      <div className="grid items-start gap-6 grid-cols-[minmax(0,1fr)] lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="space-y-6">
          {priced.gone.length > 0 ? (
            <Alert tone="warn" title={t("gone")}>
              {priced.gone.join(", ")}
            </Alert>
          ) : null}
          <Card>
            <CartLines priced={priced} />
          </Card>
          {priced.plan ? (
            <section aria-labelledby="more">
              <h2 id="more" className="mb-3 font-semibold tracking-tight">
                {t("addDomain")}
              </h2>
              <SearchBox />
            </section>
          ) : (
            <Alert
              title={t("noPlan")}
              actions={
                <Button asChild size="sm" variant="secondary">
                  <Link href="/plans">{t("seePlans")}</Link>
                </Button>
              }
            >
              {t("noPlanHelp")}
            </Alert>
          )}
        </div>
        <CartSummary priced={priced} cart={cart} hasAddress={Boolean(me?.country)} {...quoted} />
      </div>
    </div>
  );
}
