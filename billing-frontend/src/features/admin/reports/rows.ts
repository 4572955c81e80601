import "server-only";

import { code, idOf, moneyIn, state, text, time, word } from "../list/columns";
import { type ListConfig, type ListPath, defineList } from "../list/config";

const customer = idOf("user_id", "/admin/customers");
const subscription = idOf("subscription_id", "/admin/subscriptions", { from: "md" });

interface Rows {
  month: string;
  currency: string;
}

function mrrRows({ month, currency }: Rows) {
  return defineList({
    name: "mrrRows",
    api: "/api/v1/reports/mrr/{month}/rows",
    at: { month },
    fixed: { currency },
    permission: "reports:read",
    path: `/admin/reports/mrr/${month}`,
    filters: [{ kind: "select", name: "movement", values: ["new", "expansion", "contraction", "churn", "reactivation", "unchanged"] }],
    keyOf: (row) => row.user_id,
    columns: [customer, state("movement"), moneyIn(currency, "before"), moneyIn(currency, "after")],
  });
}

function revenueRows({ month, currency }: Rows) {
  return defineList({
    name: "revenueRows",
    api: "/api/v1/reports/revenue/{month}/rows",
    at: { month },
    fixed: { currency },
    permission: "reports:read",
    path: `/admin/reports/revenue/${month}`,
    filters: [
      { kind: "text", name: "plan" },
      { kind: "text", name: "country" },
    ],
    columns: [
      time("occurred_at", { align: undefined }),
      word("kind", { from: "sm" }),
      text("invoice", { from: "md" }),
      word("plan_code", { from: "md" }),
      text("country", { from: "lg" }),
      customer,
      code("source_id", { isExtra: true }),
      moneyIn(currency, "amount"),
    ],
  });
}

function refundRows({ month, currency }: Rows) {
  return defineList({
    name: "refundRows",
    api: "/api/v1/reports/refunds/{month}/rows",
    at: { month },
    fixed: { currency },
    permission: "reports:read",
    path: `/admin/reports/refunds/${month}`,
    columns: [time("occurred_at", { align: undefined }), word("kind", { from: "sm" }), customer, code("source_id", { from: "lg" }), moneyIn(currency, "amount")],
  });
}

function licenseRows({ month, currency }: Rows) {
  return defineList({
    name: "licenseRows",
    api: "/api/v1/reports/licenses/{month}/rows",
    at: { month },
    fixed: { currency },
    permission: "reports:read",
    path: `/admin/reports/licenses/${month}`,
    filters: [{ kind: "text", name: "plan" }],
    keyOf: (row) => row.subscription_id,
    columns: [customer, word("plan_code"), state("status", { from: "sm" }), word("interval", { from: "md" }), text("country", { from: "lg" }), subscription, moneyIn(currency, "monthly")],
  });
}

function forecastRows({ month, currency }: Rows) {
  return defineList({
    name: "forecastRows",
    api: "/api/v1/reports/forecast/{month}/rows",
    at: { month },
    fixed: { currency },
    permission: "reports:read",
    path: `/admin/reports/forecast/${month}`,
    keyOf: (row) => row.subscription_id,
    columns: [time("renews_at", { align: undefined }), customer, word("plan_code", { from: "sm" }), word("interval", { from: "md" }), subscription, moneyIn(currency, "amount")],
  });
}

/** The open invoices of one currency. */
export function receivableRows(currency: string) {
  return defineList({
    name: "receivableRows",
    api: "/api/v1/reports/receivables/rows",
    fixed: { currency },
    permission: "reports:read",
    path: "/admin/reports/receivables",
    keyOf: (row) => row.invoice,
    columns: [text("invoice"), customer, time("since"), moneyIn(currency, "amount")],
  });
}

const REPORTS = { mrr: mrrRows, revenue: revenueRows, refunds: refundRows, licenses: licenseRows, forecast: forecastRows };
export type Report = keyof typeof REPORTS;

/** The rows behind one month of a report; null for a report there is none of. */
export function rowsOf(report: string, of: Rows): ListConfig<ListPath> | null {
  // Each list is checked against its own path; from here on only what they share is used.
  return Object.hasOwn(REPORTS, report) ? (REPORTS[report as Report](of) as unknown as ListConfig<ListPath>) : null;
}
