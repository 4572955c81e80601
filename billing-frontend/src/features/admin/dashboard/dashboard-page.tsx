import "server-only";

import { Section, WorkTitle } from "@nextpanel/ui/detail-page";
import { ChevronRight } from "lucide-react";
import Link from "next/link";

import { api, need } from "@/server/api";

import { ATTENTION } from "../attention/list";
import { formats } from "../formats";
import { AutoRefresh } from "../frame/auto-refresh";
import type { SearchParams } from "../list/address";
import { ListPart } from "../list/list-view";
import { monthsBefore, readCurrency } from "../reports/months";
import { adminTexts } from "../texts";
import { MovementChart, RevenueChart } from "./charts";
import { type DashboardData, Figures } from "./figures";

const WAITING = {
  steps: "/admin/attention",
  disputes: "/admin/disputes",
  dunning_brakes: "/admin/dunning/brakes?status=pending",
  panel_commands: "/admin/panel-commands",
  registrar_operations: "/admin/registrar-operations?state=unknown",
  webhook_events: "/admin/webhook-events?status=failed",
  mails: "/admin/mails?status=dead",
} satisfies Record<keyof DashboardData["attention"], string>;

/** How much waits for somebody, list by list. */
async function Waiting({ counts }: { counts: DashboardData["attention"] }) {
  const [f, t] = await Promise.all([formats(), adminTexts("dashboard")]);
  return (
    <Section title={t("attention")}>
      <ul className="divide-y text-sm">
        {(Object.keys(WAITING) as (keyof typeof WAITING)[]).map((name) => (
          <li key={name} className="relative flex h-10 items-center gap-3 px-4 hover:bg-sunken/60">
            <Link href={WAITING[name]} className="min-w-0 flex-1 truncate after:absolute after:inset-0">
              {t(`waiting.${name}`)}
            </Link>
            <span className={counts[name] > 0 ? "numeric rounded-full bg-warn-soft px-2 text-xs font-medium leading-5 text-warn" : "numeric text-muted"}>
              {f.number(counts[name])}
            </span>
            <ChevronRight aria-hidden className="size-4 text-muted" />
          </li>
        ))}
      </ul>
    </Section>
  );
}

async function yearOf({ data, currency }: { data: DashboardData; currency: string }) {
  const last = data.at.slice(0, 7);
  const client = await api();
  const query = { first: monthsBefore(last, 11), last, currency };
  return need(client.GET("/api/v1/reports/mrr", { params: { query } }));
}

/** The first page of the day: how it goes, and what needs somebody. */
export async function DashboardPage({ params }: { params: SearchParams }) {
  const currency = readCurrency(typeof params.currency === "string" ? params.currency : undefined);
  const client = await api();
  const [data, t, f] = await Promise.all([need(client.GET("/api/v1/admin/dashboard", { params: { query: { currency } } })), adminTexts("dashboard"), formats()]);
  const months = data.money ? await yearOf({ data, currency }) : null;
  return (
    <>
      <WorkTitle title={t("title")} description={t("help", { month: f.month(data.at.slice(0, 7)), currency })} />
      <Figures data={data} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        {months ? <RevenueChart months={months} currency={currency} /> : null}
        <Waiting counts={data.attention} />
        {months ? <MovementChart months={months} currency={currency} /> : null}
        <Section title={t("waiting.steps")}>
          <ListPart config={ATTENTION} only={{}} />
        </Section>
      </div>
      <AutoRefresh seconds={60} />
    </>
  );
}
