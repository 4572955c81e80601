import { Badge } from "@nextpanel/ui/badge";
import { Button } from "@nextpanel/ui/button";
import { Card, CardBody } from "@nextpanel/ui/card";
import { Fact, Facts, Sum, SumRow } from "@nextpanel/ui/facts";
import { PageHeader } from "@nextpanel/ui/page";
import { Cell, HeadCell, Row, Table } from "@nextpanel/ui/table";
import { FileCode, FileDown } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { INVOICE_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatMoney } from "@/lib/format";
import { api, need } from "@/server/api";

type Invoice = components["schemas"]["InvoiceDetail"];
type Props = { params: Promise<{ id: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("invoices"))("one") };
}

function Party({ label, party }: { label: string; party: Invoice["buyer"] }) {
  if (!party) return null;
  const town = [party.postal_code, party.city].filter(Boolean).join(" ");
  return (
    <Fact label={label}>
      {[party.name, ...(party.lines ?? []), town, party.region, party.country, party.vat_number]
        .filter(Boolean)
        .map((line, index) => (
          <span key={`${index}-${line}`} className="block">
            {line}
          </span>
        ))}
    </Fact>
  );
}

async function Lines({ invoice }: { invoice: Invoice }) {
  const [t, language] = await Promise.all([texts("invoices"), locale()]);
  const money = (amount: number) => formatMoney(amount, invoice.currency, language);
  return (
    <Card className="overflow-hidden">
      <Table>
        <thead>
          <tr>
            <HeadCell>{t("description")}</HeadCell>
            <HeadCell className="text-right">{t("amount")}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {invoice.lines.map((line, index) => (
            <Row key={`${index}-${line.description}`}>
              <Cell className="[overflow-wrap:anywhere]">
                {line.description}
                {line.period_start && line.period_end && line.period_start < line.period_end ? (
                  <span className="block text-muted">
                    {formatDay(line.period_start, language)} – {formatDay(line.period_end, language)}
                  </span>
                ) : null}
              </Cell>
              <Cell className="numeric text-right align-top">{money(line.amount)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      <CardBody className="border-t">
        <Sum className="ml-auto max-w-xs">
          <SumRow label={t("subtotal")}>{money(invoice.subtotal_amount)}</SumRow>
          {invoice.discount_amount > 0 ? <SumRow label={t("discount")}>{money(-invoice.discount_amount)}</SumRow> : null}
          {invoice.taxes.map((tax, index) => (
            <SumRow key={`${index}-${tax.name}`} label={[tax.name ?? t("tax"), tax.percentage ? `${Number(tax.percentage)} %` : null].filter(Boolean).join(" ")}>
              {money(tax.amount)}
            </SumRow>
          ))}
          <SumRow label={t("total")} strong>
            {money(invoice.total_amount)}
          </SumRow>
          {invoice.credit_applied_amount > 0 ? <SumRow label={t("credit")}>{money(-invoice.credit_applied_amount)}</SumRow> : null}
          {invoice.amount_remaining > 0 ? <SumRow label={t("due")}>{money(invoice.amount_remaining)}</SumRow> : null}
        </Sum>
      </CardBody>
    </Card>
  );
}

export default async function InvoicePage({ params }: Props) {
  const { id } = await params;
  const client = await api();
  const invoice = await need(client.GET("/api/v1/invoices/{invoice_id}", { params: { path: { invoice_id: id } } }));
  const [t, language] = await Promise.all([texts("invoices"), locale()]);
  return (
    <>
      <PageHeader
        crumbs={
          <Link href="/invoices" className="hover:text-ink">
            {t("title")}
          </Link>
        }
        title={invoice.number ? t("titled", { number: invoice.number }) : t("one")}
        actions={
          <>
            {invoice.number ? (
              <>
                <Button asChild variant="secondary">
                  <a href={`/api/billing/api/v1/invoices/${id}/ubl`} download>
                    <FileCode aria-hidden /> {t("ubl")}
                  </a>
                </Button>
                <Button asChild variant="secondary">
                  <a href={`/api/billing/api/v1/invoices/${id}/pdf`} download>
                    <FileDown aria-hidden /> {t("pdf")}
                  </a>
                </Button>
              </>
            ) : null}
            {invoice.status === "open" && invoice.amount_remaining > 0 ? (
              <Button asChild>
                <Link href={`/invoices/${id}/pay`}>{t("pay")}</Link>
              </Button>
            ) : null}
          </>
        }
      />
      <div className="space-y-6">
        <Card>
          <CardBody>
            <Facts className="lg:grid-cols-4">
              <Fact label={t("status")}>
                <Badge tone={INVOICE_TONES[invoice.status]}>{t(`state.${invoice.status}`)}</Badge>
              </Fact>
              <Fact label={t("date")}>{formatDay(invoice.issued_at ?? invoice.created_at, language)}</Fact>
              <Party label={t("buyer")} party={invoice.buyer} />
              <Party label={t("seller")} party={invoice.seller} />
            </Facts>
          </CardBody>
        </Card>
        <Lines invoice={invoice} />
      </div>
    </>
  );
}
