import "server-only";

import { Stat } from "@nextpanel/ui/stat";
import Link from "next/link";

import type { components } from "@/lib/billing-api";

import { type Formats, formats } from "../formats";
import { adminTexts } from "../texts";

export type DashboardData = components["schemas"]["Dashboard"];

/** How much something changed since the month before; nothing where that says nothing. */
function changeOf(now: number, before: number, f: Formats) {
  if (before === 0 || now === before) return undefined;
  const share = (now - before) / Math.abs(before);
  return { text: f.percent(Math.abs(share)), isUp: share > 0, isGood: share > 0 };
}

async function Money({ data, money }: { data: DashboardData; money: NonNullable<DashboardData["money"]> }) {
  const [f, t] = await Promise.all([formats(), adminTexts("dashboard")]);
  const month = data.at.slice(0, 7);
  const { currency } = money;
  const rows = (report: string, more = "") => `/admin/reports/${report}/${month}?currency=${currency}${more}`;
  return (
    <>
      <Stat
        Link={Link}
        href={rows("mrr")}
        label={t("mrr")}
        value={f.money(money.mrr_amount, currency)}
        change={changeOf(money.mrr_amount, money.mrr_month_ago_amount, f)}
        note={t("mrrNote", { count: money.customers })}
      />
      <Stat
        Link={Link}
        href={rows("revenue")}
        label={t("revenue")}
        value={f.money(money.revenue_amount, currency)}
        change={changeOf(money.revenue_amount, money.revenue_last_month_amount, f)}
        note={t("revenueNote")}
      />
      <Stat
        Link={Link}
        href={rows("mrr", "&movement=churn")}
        label={t("churn")}
        value={money.churn_rate === null ? "–" : f.percent(money.churn_rate)}
        note={t("churnNote", { count: money.customers_lost })}
      />
    </>
  );
}

/** The figures of this month beside those of the last one; each leads to its rows. */
export async function Figures({ data }: { data: DashboardData }) {
  const [f, t] = await Promise.all([formats(), adminTexts("dashboard")]);
  const since = data.month_begins_at.slice(0, 10);
  return (
    <div className="mb-6 grid grid-cols-2 gap-3 md:grid-cols-3 2xl:grid-cols-6">
      {data.money ? <Money data={data} money={data.money} /> : null}
      <Stat
        Link={Link}
        href={`/admin/customers?since=${since}`}
        label={t("newCustomers")}
        value={f.number(data.new_customers)}
        change={changeOf(data.new_customers, data.new_customers_last_month, f)}
        note={t("thisMonth")}
      />
      <Stat
        Link={Link}
        href={`/admin/payments?status=failed&since=${since}`}
        label={t("failedPayments")}
        value={f.number(data.failed_payments)}
        note={t("thisMonth")}
      />
      <Stat
        Link={Link}
        href="/admin/subscriptions?status=past_due"
        label={t("pastDue")}
        value={f.number(data.past_due_subscriptions)}
        note={t("pastDueNote")}
      />
    </div>
  );
}
