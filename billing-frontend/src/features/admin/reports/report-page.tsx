import "server-only";

import { Section, WorkTitle } from "@nextpanel/ui/detail-page";
import Link from "next/link";
import type { ReactNode } from "react";

import { api, need } from "@/server/api";

import { type Formats, formats } from "../formats";
import type { SearchParams } from "../list/address";
import { ListBar } from "../list/list-bar";
import { adminTexts } from "../texts";
import { type Reports, reportsOf } from "./data";
import { monthOf, monthsBefore, readCurrency, readMonth } from "./months";

const CURRENCIES = ["USD", "EUR", "GBP", "CHF", "JPY"];

interface Figure {
  text: ReactNode;
  href?: string;
}

/** Months downwards, figures across; each figure leads to its rows. */
async function MonthTable({ title, heads, rows }: { title: string; heads: string[]; rows: { month: string; figures: Figure[] }[] }) {
  const [f, t] = await Promise.all([formats(), adminTexts("reports")]);
  if (rows.length === 0) {
    return (
      <Section title={title} padded>
        <p className="text-sm text-muted">{t("nothing")}</p>
      </Section>
    );
  }
  return (
    <Section title={title}>
      <div className="overflow-x-auto" role="region" aria-label={title} tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b text-xs text-muted">
              <th scope="col" className="h-9 px-4 text-left font-medium">
                {f.field("month")}
              </th>
              {heads.map((head) => (
                <th key={head} scope="col" className="whitespace-nowrap px-4 text-right font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.month} className="border-b last:border-0">
                <th scope="row" className="h-9 whitespace-nowrap px-4 text-left font-medium">
                  {f.month(row.month)}
                </th>
                {row.figures.map((figure, index) => (
                  <td key={index} className="numeric whitespace-nowrap px-4 text-right">
                    {figure.href ? (
                      <Link href={figure.href} className="rounded-control hover:text-accent hover:underline">
                        {figure.text}
                      </Link>
                    ) : (
                      <span className="text-muted">{figure.text}</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function share(value: number | null, f: Formats): string {
  return value === null ? "–" : f.percent(value);
}

async function Tables({ reports, currency }: { reports: Reports; currency: string }) {
  const [f, t] = await Promise.all([formats(), adminTexts("reports")]);
  const money = (amount: number) => f.money(amount, currency);
  const rows = (report: string, month: string, more = "") => `/admin/reports/${report}/${month}?currency=${currency}${more}`;
  return (
    <div className="space-y-6">
      <MonthTable
        title={t("mrr")}
        heads={[t("starting"), f.word("new"), f.word("expansion"), f.word("contraction"), f.word("churn"), f.word("reactivation"), t("ending"), t("churnRate")]}
        rows={reports.mrr.toReversed().map((row) => ({
          month: row.month,
          figures: [
            { text: money(row.starting) },
            ...(["new", "expansion", "contraction", "churn", "reactivation"] as const).map((movement) => ({
              text: money(row[movement]),
              href: rows("mrr", row.month, `&movement=${movement}`),
            })),
            { text: money(row.ending), href: rows("mrr", row.month) },
            { text: share(row.churn_rate, f), href: rows("mrr", row.month, "&movement=churn") },
          ],
        }))}
      />
      <MonthTable
        title={t("revenue")}
        heads={[t("earned")]}
        rows={reports.revenue.toReversed().map((row) => ({ month: row.month, figures: [{ text: money(row.amount), href: rows("revenue", row.month) }] }))}
      />
      <MonthTable
        title={t("refunds")}
        heads={[t("payments"), t("paid"), t("refunds"), t("refunded"), t("refundRate")]}
        rows={reports.refunds.toReversed().map((row) => ({
          month: row.month,
          figures: [
            { text: f.number(row.payments) },
            { text: money(row.paid) },
            { text: f.number(row.refunds), href: rows("refunds", row.month) },
            { text: money(row.refunded), href: rows("refunds", row.month) },
            { text: share(row.refund_rate, f) },
          ],
        }))}
      />
      <MonthTable
        title={t("licenses")}
        heads={[t("plan"), t("licenses"), t("trials")]}
        rows={reports.licenses
          .filter((row) => row.plan)
          .toReversed()
          .map((row) => ({
            month: row.month,
            figures: [
              { text: f.word(row.plan ?? "") },
              { text: f.number(row.licenses), href: rows("licenses", row.month, `&plan=${row.plan}`) },
              { text: f.number(row.trials) },
            ],
          }))}
      />
      <MonthTable
        title={t("forecast")}
        heads={[t("renewals"), t("expected")]}
        rows={reports.forecast.map((row) => ({
          month: row.month,
          figures: [{ text: f.number(row.renewals) }, { text: money(row.amount), href: rows("forecast", row.month) }],
        }))}
      />
    </div>
  );
}

/** The month it is for the API, whose clock counts. */
async function presentMonth(currency: string): Promise<string> {
  const client = await api();
  const { at } = await need(client.GET("/api/v1/admin/dashboard", { params: { query: { currency } } }));
  return monthOf(new Date(at));
}

/** All reports, month by month. */
export async function ReportPage({ params }: { params: SearchParams }) {
  const [f, t, list] = await Promise.all([formats(), adminTexts("reports"), adminTexts("list")]);
  const word = (name: string) => (typeof params[name] === "string" ? params[name] : undefined);
  const currency = readCurrency(word("currency"));
  const now = word("last") ?? (await presentMonth(currency));
  const last = readMonth(now, monthOf(new Date()));
  const span = { first: readMonth(word("first"), monthsBefore(last, 11)), last, currency };
  const reports = await reportsOf(span);
  return (
    <>
      <WorkTitle title={t("title")} description={t("help")} />
      <ListBar
        path="/admin/reports"
        address={{ values: span }}
        filters={[
          { kind: "month", name: "first", label: t("from") },
          { kind: "month", name: "last", label: t("until") },
          { kind: "select", name: "currency", label: f.field("currency"), options: CURRENCIES.map((value) => ({ value, label: value })) },
        ]}
        labels={{ filters: list("filters"), clear: list("clear"), apply: list("apply"), columns: list("columns") }}
      />
      <Tables reports={reports} currency={span.currency} />
    </>
  );
}
