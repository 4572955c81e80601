import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { Globe, LayoutPanelLeft, ShoppingCart } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";

import { removeDomain, removePlan, setInterval } from "@/features/cart/actions";
import { readCart } from "@/features/cart/cookie";
import { countItems } from "@/features/cart/model";
import { type PricedCart, priceCart } from "@/features/cart/prices";
import { SearchBox } from "@/features/catalog/search-box";
import { locale, texts } from "@/i18n/server";
import { formatMoney } from "@/lib/format";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("cart"))("title") };
}

interface LineProps {
  icon: ReactNode;
  title: string;
  note: string;
  amount: string;
  children: ReactNode;
}

function Line({ icon, title, note, amount, children }: LineProps) {
  return (
    <li className="flex flex-wrap items-start gap-4 border-b px-5 py-5 last:border-0 sm:px-6">
      <span aria-hidden className="grid size-10 shrink-0 place-items-center rounded-control bg-accent-soft text-accent [&_svg]:size-5">
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">{title}</p>
        <p className="mt-0.5 text-sm text-muted">{note}</p>
        <div className="mt-2 flex flex-wrap items-center gap-4 text-sm">{children}</div>
      </div>
      <p className="numeric font-medium">{amount}</p>
    </li>
  );
}

async function Lines({ priced }: { priced: PricedCart }) {
  const [t, language] = await Promise.all([texts("cart"), locale()]);
  const money = (amount: number) => formatMoney(amount, priced.currency, language);
  const other = priced.plan?.interval === "year" ? "month" : "year";
  return (
    <ul>
      {priced.plan ? (
        <Line
          icon={<LayoutPanelLeft />}
          title={t("planLine", { plan: priced.plan.plan.name })}
          note={priced.plan.interval === "year" ? t("yearly") : t("monthly")}
          amount={money(priced.plan.amount)}
        >
          <form action={setInterval}>
            <input type="hidden" name="interval" value={other} />
            <Button type="submit" variant="link">
              {other === "year" ? t("toYearly") : t("toMonthly")}
            </Button>
          </form>
          <form action={removePlan}>
            <Button type="submit" variant="link" className="text-muted" aria-label={t("removeNamed", { name: priced.plan.plan.name })}>
              {t("remove")}
            </Button>
          </form>
        </Line>
      ) : null}
      {priced.domains.map((domain) => (
        <Line
          key={domain.name}
          icon={<Globe />}
          title={domain.name}
          note={t("domainNote", { price: money(domain.renewal) })}
          amount={money(domain.amount)}
        >
          <form action={removeDomain}>
            <input type="hidden" name="name" value={domain.name} />
            <Button type="submit" variant="link" className="text-muted" aria-label={t("removeNamed", { name: domain.name })}>
              {t("remove")}
            </Button>
          </form>
        </Line>
      ))}
    </ul>
  );
}

export default async function CartPage() {
  const [t, language, cart] = await Promise.all([texts("cart"), locale(), readCart()]);
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
            <Lines priced={priced} />
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
        <Card className="lg:sticky lg:top-24">
          <CardHeader title={t("summary")} />
          <CardBody>
            <Sum>
              <SumRow label={t("subtotal")} strong>
                {formatMoney(priced.subtotal, priced.currency, language)}
              </SumRow>
            </Sum>
            <p className="mt-2 text-sm text-muted">{t("taxLater")}</p>
            <Button asChild size="lg" className="mt-6 w-full">
              <Link href="/checkout">{t("checkout")}</Link>
            </Button>
          </CardBody>
        </Card>
      </div>
    </div>
  );
}
