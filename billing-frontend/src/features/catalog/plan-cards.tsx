import { Button } from "@nextpanel/ui/button";
import { cn } from "@nextpanel/ui/lib/cn";
import { Check } from "lucide-react";

import { choosePlan } from "@/features/cart/actions";
import type { Interval } from "@/features/cart/model";
import { locale, texts } from "@/i18n/server";
import { formatMoney, formatStorage } from "@/lib/format";

import { type Plan, listPlans } from "./data";

const QUOTAS = ["accounts", "domains", "databases", "emails"] as const;
const FEATURES = [
  "ssl_certificates",
  "sftp_access",
  "cron_jobs",
  "daily_backups",
  "apps",
  "staging",
  "api_tokens",
  "sub_users",
  "white_label",
] as const;
const SUPPORT = ["email", "priority", "phone_24_7"] as const;
const RECOMMENDED = "professional";

async function Included({ plan }: { plan: Plan }) {
  const [t, language] = await Promise.all([texts("plans"), locale()]);
  const storage = plan.quotas.storage_mb;
  const support = SUPPORT.find((each) => each === plan.support_level);
  const lines = [
    ...QUOTAS.map((name) => ({ key: name, text: t(`quota.${name}`, { count: plan.quotas[name] ?? -1 }) })),
    { key: "storage", text: storage === null ? t("unlimitedStorage") : t("storage", { size: formatStorage(storage, language) }) },
    ...FEATURES.filter((name) => plan.features[name] === true).map((name) => ({ key: name, text: t(`feature.${name}`) })),
    ...(support ? [{ key: "support", text: t(`support.${support}`) }] : []),
  ];
  return (
    <ul className="space-y-2.5 text-sm">
      {lines.map((line) => (
        <li key={line.key} className="flex gap-2.5">
          <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
          {line.text}
        </li>
      ))}
    </ul>
  );
}

/** The plans side by side, each with its price and everything it includes. */
export async function PlanCards({ interval }: { interval: Interval }) {
  const [t, language, plans] = await Promise.all([texts("plans"), locale(), listPlans()]);
  return (
    <ul className="grid gap-6 lg:grid-cols-3 lg:gap-5">
      {plans.map((plan) => {
        const isFirst = plan.code === RECOMMENDED;
        const price = interval === "year" ? plan.price_yearly : plan.price_monthly;
        const perMonth = interval === "year" ? Math.round(plan.price_yearly / 12) : plan.price_monthly;
        return (
          <li
            key={plan.code}
            className={cn(
              "relative rounded-card border bg-surface p-6 shadow-card sm:p-7",
              isFirst && "border-accent shadow-lifted ring-1 ring-accent",
            )}
          >
            {isFirst ? (
              <span className="absolute -top-3 left-6 rounded-full bg-accent px-3 py-1 text-xs font-medium text-on-accent">
                {t("recommended")}
              </span>
            ) : null}
            <h3 className="text-lg font-semibold tracking-tight">{plan.name}</h3>
            <p className="mt-1 min-h-10 text-sm text-muted">{plan.description}</p>
            <p className="mt-5 flex items-baseline gap-1.5">
              <span className="numeric text-4xl font-semibold tracking-tight">
                {formatMoney(perMonth, plan.currency, language, { short: true })}
              </span>
              <span className="text-sm text-muted">{t("perMonth")}</span>
            </p>
            <p className="numeric mt-1 text-sm text-muted">
              {interval === "year"
                ? t("billedYearly", { price: formatMoney(price, plan.currency, language, { short: true }) })
                : t("billedMonthly")}
            </p>
            <form action={choosePlan} className="mt-6">
              <input type="hidden" name="plan" value={plan.code} />
              <input type="hidden" name="interval" value={interval} />
              <Button type="submit" variant={isFirst ? "primary" : "secondary"} className="w-full">
                {t("choose", { plan: plan.name })}
              </Button>
            </form>
            <div className="mt-6 border-t pt-6">
              <Included plan={plan} />
            </div>
          </li>
        );
      })}
    </ul>
  );
}
