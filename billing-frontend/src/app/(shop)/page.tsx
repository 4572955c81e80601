import { Button } from "@nextpanel/ui/button";
import { Database, Globe, Mail, ShieldCheck } from "lucide-react";
import Link from "next/link";

import { listTlds } from "@/features/catalog/data";
import { IntervalSwitch } from "@/features/catalog/interval-switch";
import { PlanCards } from "@/features/catalog/plan-cards";
import { SearchBox } from "@/features/catalog/search-box";
import { locale, texts } from "@/i18n/server";
import { formatMoney } from "@/lib/format";

const SHOWN_ENDINGS = ["com", "io", "dev", "app", "shop"];
const REASONS = [
  { key: "domains", icon: Globe },
  { key: "databases", icon: Database },
  { key: "mail", icon: Mail },
  { key: "safe", icon: ShieldCheck },
] as const;

type Props = { searchParams: Promise<{ interval?: string }> };

export default async function HomePage({ searchParams }: Props) {
  const [t, language, tlds] = await Promise.all([texts("home"), locale(), listTlds()]);
  const interval = (await searchParams).interval === "month" ? "month" : "year";
  const endings = SHOWN_ENDINGS.flatMap((name) => tlds.filter((each) => each.tld === name));
  return (
    <>
      <section className="relative isolate overflow-hidden">
        <div aria-hidden className="dot-field absolute inset-0 -z-10" />
        <div className="mx-auto max-w-3xl px-4 pb-20 pt-20 text-center sm:px-6 sm:pt-28">
          <h1 className="text-display font-semibold">{t("title")}</h1>
          <p className="mx-auto mt-5 max-w-xl text-lg text-muted">{t("lead")}</p>
          <div className="mt-10">
            <SearchBox />
          </div>
          <ul className="numeric mt-5 flex flex-wrap justify-center gap-x-6 gap-y-2 text-sm text-muted">
            {endings.map((each) => (
              <li key={each.tld}>
                <span className="font-medium text-ink">.{each.tld}</span>{" "}
                {formatMoney(each.register_amount, each.currency, language)}
              </li>
            ))}
          </ul>
        </div>
      </section>
      <section aria-labelledby="reasons" className="mx-auto max-w-6xl px-4 sm:px-6">
        <h2 id="reasons" className="sr-only">
          {t("reasons")}
        </h2>
        <ul className="grid gap-px overflow-hidden rounded-card border bg-line sm:grid-cols-2 lg:grid-cols-4">
          {REASONS.map(({ key, icon: Icon }) => (
            <li key={key} className="bg-surface p-6">
              <Icon aria-hidden className="size-5 text-accent" />
              <h3 className="mt-4 font-medium">{t(`reason.${key}.title`)}</h3>
              <p className="mt-1 text-sm text-muted">{t(`reason.${key}.text`)}</p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="plans" className="mx-auto max-w-6xl px-4 pt-24 sm:px-6">
        <div className="mb-10 flex flex-wrap items-end justify-between gap-6">
          <div>
            <h2 id="plans" className="text-title font-semibold">
              {t("plansTitle")}
            </h2>
            <p className="mt-2 text-muted">{t("plansLead")}</p>
          </div>
          <IntervalSwitch current={interval} path="/" />
        </div>
        <PlanCards interval={interval} />
      </section>
      <section className="mx-auto max-w-6xl px-4 pt-24 sm:px-6">
        <div className="flex flex-wrap items-center justify-between gap-6 rounded-card border bg-surface p-8 shadow-card sm:p-10">
          <div className="max-w-lg">
            <h2 className="text-title font-semibold">{t("closingTitle")}</h2>
            <p className="mt-2 text-muted">{t("closingText")}</p>
          </div>
          <Button asChild size="lg">
            <Link href="/search">{t("closingAction")}</Link>
          </Button>
        </div>
      </section>
    </>
  );
}
