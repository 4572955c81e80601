import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Card, CardHeader } from "@nextpanel/ui/card";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { LayoutPanelLeft, Receipt } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { InvoiceTable } from "@/features/invoices/invoice-table";
import { LicenseCard } from "@/features/licenses/license-card";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";
import { api, need, visitor } from "@/server/api";

type Invoice = components["schemas"]["InvoiceOut"];
type Order = components["schemas"]["OrderOut"];

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("dashboard"))("title") };
}

/** What cannot wait: unpaid invoices, orders that were not paid or are on their way. */
async function NeedsYou({ open, orders, verified }: { open: Invoice[]; orders: Order[]; verified: boolean }) {
  const [t, language] = await Promise.all([texts("dashboard"), locale()]);
  const waiting = orders.filter((each) => each.status === "awaiting_payment" || each.status === "paid");
  if (open.length === 0 && waiting.length === 0 && verified) return null;
  return (
    <section aria-label={t("needsYou")} className="mb-8 space-y-3">
      {verified ? null : <Alert tone="warn" title={t("unverified")}>{t("unverifiedHelp")}</Alert>}
      {open.map((each) => (
        <Alert
          key={each.id}
          tone="warn"
          title={t("due", { amount: formatMoney(each.amount_remaining, each.currency, language) })}
          actions={
            <Button asChild size="sm">
              <Link href={`/invoices/${each.id}/pay`}>{t("payNow")}</Link>
            </Button>
          }
        >
          {t("dueHelp", { number: each.number ?? "" })}
        </Alert>
      ))}
      {waiting.map((each) => (
        <Alert
          key={each.id}
          title={each.status === "paid" ? t("onItsWay", { number: String(each.number) }) : t("unpaidOrder", { number: String(each.number) })}
          actions={
            <Button asChild size="sm" variant="secondary">
              <Link href={`/orders/${each.id}`}>{each.status === "paid" ? t("watch") : t("finishOrder")}</Link>
            </Button>
          }
        />
      ))}
    </section>
  );
}

export default async function DashboardPage() {
  const client = await api();
  const few = { params: { query: { limit: 5 } } };
  const [t, language, me, licenses, invoices, open, orders, subscriptions] = await Promise.all([
    texts("dashboard"),
    locale(),
    visitor(),
    need(client.GET("/api/v1/licenses", few)),
    need(client.GET("/api/v1/invoices", few)),
    need(client.GET("/api/v1/invoices", { params: { query: { limit: 5, status: "open" } } })),
    need(client.GET("/api/v1/orders", few)),
    need(client.GET("/api/v1/subscriptions", { params: { query: { limit: 20 } } })),
  ]);
  const next = subscriptions.items
    .filter((each) => each.status === "active" && !each.cancel_at_period_end)
    .flatMap((each) => each.current_period_end ?? [])
    .sort()[0];
  return (
    <>
      <PageHeader
        title={t("hello", { name: me?.full_name.split(" ")[0] ?? "" })}
        description={next ? t("nextRenewal", { day: formatDay(next, language) }) : undefined}
      />
      <NeedsYou open={open.items} orders={orders.items} verified={me?.email_verified ?? true} />
      <section aria-labelledby="licenses" className="mb-10">
        <h2 id="licenses" className="mb-3 font-semibold tracking-tight">
          {t("licenses")}
        </h2>
        {licenses.items.length === 0 ? (
          <Card>
            <EmptyState
              icon={<LayoutPanelLeft />}
              title={t("noLicense")}
              action={
                <Button asChild>
                  <Link href="/plans">{t("choosePlan")}</Link>
                </Button>
              }
            >
              {t("noLicenseHelp")}
            </EmptyState>
          </Card>
        ) : (
          <div className="grid gap-4 xl:grid-cols-2">
            {licenses.items.map((each) => (
              <LicenseCard key={each.id} license={each} />
            ))}
          </div>
        )}
      </section>
      <Card className="overflow-hidden">
        <CardHeader
          title={t("invoices")}
          actions={
            invoices.next_cursor ? (
              <Link href="/invoices" className="text-sm font-medium text-accent hover:underline">
                {t("allInvoices")}
              </Link>
            ) : null
          }
        />
        <div className="mt-3">
          {invoices.items.length === 0 ? (
            <EmptyState icon={<Receipt />} title={t("noInvoice")} />
          ) : (
            <InvoiceTable invoices={invoices.items} />
          )}
        </div>
      </Card>
    </>
  );
}
