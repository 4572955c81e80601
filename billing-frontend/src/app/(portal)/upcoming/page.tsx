import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { CalendarClock, Globe, LayoutPanelLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { BillingTabs } from "@/features/shell/billing-tabs";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";
import { api, need } from "@/server/api";

type Forecast = components["schemas"]["ForecastOut"];

const PLACES = { subscription: "/subscriptions", domain: "/domains" } as const;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("upcoming"))("title") };
}

/** The months as bars, the dearest as long as there is room; the figures beside them say the same. */
async function Months({ forecast }: { forecast: Forecast }) {
  const language = await locale();
  const format = new Intl.DateTimeFormat(language, { month: "short", year: "numeric", timeZone: "UTC" });
  const most = Math.max(1, ...forecast.months.map((each) => each.amount));
  return (
    <ol className="space-y-2.5 text-sm">
      {forecast.months.map((each) => (
        <li key={each.month} className="grid grid-cols-[5.5rem_minmax(0,1fr)_6rem] items-center gap-3">
          <span className="text-muted">{format.format(new Date(`${each.month}-01T00:00:00Z`))}</span>
          <span aria-hidden className="h-2 rounded-full bg-sunken">
            <span className="block h-2 rounded-full bg-accent" style={{ width: `${(100 * each.amount) / most}%` }} />
          </span>
          <span className="numeric text-right font-medium">{formatMoney(each.amount, forecast.currency, language)}</span>
        </li>
      ))}
    </ol>
  );
}

async function Charges({ forecast }: { forecast: Forecast }) {
  const [t, language] = await Promise.all([texts("upcoming"), locale()]);
  return (
    <ul>
      {forecast.charges.map((each, index) => (
        <li key={`${index}-${each.object_id}`} className="relative flex items-center gap-4 border-b px-5 py-3.5 text-sm last:border-0 hover:bg-sunken/60 sm:px-6">
          {each.kind === "domain" ? <Globe aria-hidden className="size-4 shrink-0 text-muted" /> : <LayoutPanelLeft aria-hidden className="size-4 shrink-0 text-muted" />}
          <div className="min-w-0 flex-1">
            <Link href={`${PLACES[each.kind]}/${each.object_id}`} className="font-medium [overflow-wrap:anywhere] after:absolute after:inset-0">
              {each.description}
            </Link>
            <p className="text-muted">
              {formatDay(each.charged_on, language)}
              {each.discount_amount > 0 ? ` · ${t("less", { amount: formatMoney(each.discount_amount, forecast.currency, language) })}` : ""}
            </p>
          </div>
          <span className="numeric font-medium">{formatMoney(each.amount, forecast.currency, language)}</span>
        </li>
      ))}
    </ul>
  );
}

export default async function UpcomingPage() {
  const [t, language, forecast] = await Promise.all([texts("upcoming"), locale(), need((await api()).GET("/api/v1/forecast"))]);
  const isEmpty = forecast.charges.length === 0;
  return (
    <>
      <PageHeader title={t("title")} description={t("lead")} />
      <BillingTabs current="upcoming" />
      {isEmpty ? (
        <Card>
          <EmptyState icon={<CalendarClock />} title={t("empty")}>
            {t("emptyHelp")}
          </EmptyState>
        </Card>
      ) : (
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card>
            <CardHeader title={t("months")} description={t("total", { amount: formatMoney(forecast.total_amount, forecast.currency, language) })} />
            <CardBody>
              <Months forecast={forecast} />
            </CardBody>
          </Card>
          <Card className="overflow-hidden">
            <CardHeader title={t("charges")} />
            <div className="mt-3">
              <Charges forecast={forecast} />
            </div>
          </Card>
        </div>
      )}
    </>
  );
}
