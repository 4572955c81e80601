import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Card, CardHeader } from "@nextpanel/ui/card";
import { DataTable } from "@nextpanel/ui/data-table";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { Stat } from "@nextpanel/ui/stat";
import { LayoutPanelLeft, Receipt } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { LicenseCard } from "@/features/licenses/license-card";
import { INVOICE_LIST } from "@/features/lists/invoices";
import { chosenColumns } from "@/features/lists/list";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";
import { api, need, visitor } from "@/server/api";

const SOON_MILLISECONDS = 30 * 24 * 3600 * 1000;

type Domain = components["schemas"]["DomainOut"];
type Invoice = components["schemas"]["InvoiceOut"];
type Order = components["schemas"]["OrderOut"];

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("dashboard"))("title") };
}

interface NeedsYouProps {
  open: Invoice[];
  orders: Order[];
  /** Those that end soon and do not renew by themselves. */
  domains: Domain[];
  verified: boolean;
}

function endsSoon(domain: Domain): boolean {
  if (domain.auto_renew || !domain.expiry_date) return false;
  return new Date(domain.expiry_date).getTime() - Date.now() < SOON_MILLISECONDS;
}

/** What cannot wait: unpaid invoices, orders that were not paid or are on their way, domains about to end. */
async function NeedsYou({ open, orders, domains, verified }: NeedsYouProps) {
  const [t, language] = await Promise.all([texts("dashboard"), locale()]);
  const waiting = orders.filter((each) => each.status === "awaiting_payment" || each.status === "paid");
  if (open.length + waiting.length + domains.length === 0 && verified) return null;
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
      {domains.map((each) => (
        <Alert
          key={each.id}
          tone="warn"
          title={t("domainEnds", { domain: each.unicode_name, day: formatDay(each.expiry_date ?? "", language) })}
          actions={
            <Button asChild size="sm" variant="secondary">
              <Link href={`/domains/${each.id}`}>{t("seeDomain")}</Link>
            </Button>
          }
        >
          {t("domainEndsHelp")}
        </Alert>
      ))}
    </section>
  );
}

export default async function DashboardPage() {
  const client = await api();
  const few = { params: { query: { limit: 5 } } };
  const [t, language, me, licenses, invoices, open, orders, domains, forecast, balance] = await Promise.all([
    texts("dashboard"),
    locale(),
    visitor(),
    need(client.GET("/api/v1/licenses", few)),
    need(client.GET("/api/v1/invoices", few)),
    need(client.GET("/api/v1/invoices", { params: { query: { limit: 5, status: "open" } } })),
    need(client.GET("/api/v1/orders", few)),
    need(client.GET("/api/v1/domains", { params: { query: { limit: 100 } } })),
    need(client.GET("/api/v1/forecast")),
    need(client.GET("/api/v1/balance")),
  ]);
  const next = forecast.charges[0];
  const money = (amount: number, currency: string) => formatMoney(amount, currency, language);
  const active = domains.items.filter((each) => each.status === "active");
  return (
    <>
      <PageHeader title={t("hello", { name: me?.full_name.split(" ")[0] ?? "" })} />
      <NeedsYou open={open.items} orders={orders.items} domains={active.filter(endsSoon)} verified={me?.email_verified ?? true} />
      <section aria-label={t("atAGlance")} className="mb-10 grid gap-4 sm:grid-cols-3">
        <Stat
          label={t("nextCharge")}
          value={next ? money(next.amount, forecast.currency) : "–"}
          note={next ? t("nextChargeOn", { day: formatDay(next.charged_on, language) }) : t("noCharge")}
          href="/upcoming"
          Link={Link}
        />
        <Stat
          label={t("domains")}
          value={new Intl.NumberFormat(language).format(active.length)}
          note={active.length > 0 ? t("domainsRenewing", { count: active.filter((each) => each.auto_renew).length }) : t("noDomain")}
          href="/domains"
          Link={Link}
        />
        <Stat label={t("credit")} value={money(balance.amount, balance.currency)} note={t("creditNote")} href="/credit" Link={Link} />
      </section>
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
        <div className="mt-3 sm:px-2">
          <DataTable
            caption={t("invoices")}
            columns={chosenColumns(await INVOICE_LIST.columns(), undefined)}
            rows={invoices.items}
            keyOf={(row) => row.id}
            hrefOf={INVOICE_LIST.hrefOf}
            Link={Link}
            empty={<EmptyState icon={<Receipt />} title={t("noInvoice")} />}
          />
        </div>
      </Card>
    </>
  );
}
