import { Button } from "@nextpanel/ui/button";
import { Globe, LayoutPanelLeft, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";

import { locale, texts } from "@/i18n/server";
import { formatMoney } from "@/lib/format";

import { removeDomain, removePlan, setInterval } from "./actions";
import type { PricedCart } from "./prices";

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

async function RemoveDomain({ name }: { name: string }) {
  const t = await texts("cart");
  return (
    <form action={removeDomain}>
      <input type="hidden" name="name" value={name} />
      <Button type="submit" variant="link" className="text-muted" aria-label={t("removeNamed", { name })}>
        {t("remove")}
      </Button>
    </form>
  );
}

/** What is in the cart, each with its price and the way out; all of it ordinary forms. */
export async function CartLines({ priced }: { priced: PricedCart }) {
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
      {priced.domains.map(({ name, amount, renewal }) => (
        <Line key={name} icon={<Globe />} title={name} note={t("domainNote", { price: money(renewal) })} amount={money(amount)}>
          <RemoveDomain name={name} />
        </Line>
      ))}
      {priced.renewals.map(({ name, amount }) => (
        <Line key={name} icon={<RefreshCw />} title={name} note={t("renewalNote")} amount={money(amount)}>
          <RemoveDomain name={name} />
        </Line>
      ))}
    </ul>
  );
}
