import "server-only";

import { api, need } from "@/server/api";

export interface Span {
  first: string;
  last: string;
  currency: string;
}

/** Every report of a span of months; the forecast and what is owed are as of now. */
export async function reportsOf({ first, last, currency }: Span) {
  const client = await api();
  const query = { first, last, currency };
  const [mrr, revenue, refunds, licenses, forecast, receivables] = await Promise.all([
    need(client.GET("/api/v1/reports/mrr", { params: { query } })),
    need(client.GET("/api/v1/reports/revenue", { params: { query: { ...query, by: "month" } } })),
    need(client.GET("/api/v1/reports/refunds", { params: { query } })),
    need(client.GET("/api/v1/reports/licenses", { params: { query } })),
    need(client.GET("/api/v1/reports/forecast", { params: { query: { currency } } })),
    need(client.GET("/api/v1/reports/receivables")),
  ]);
  return { mrr, revenue, refunds, licenses, forecast, receivables };
}

export type Reports = Awaited<ReturnType<typeof reportsOf>>;
