import "server-only";

import { Button } from "@nextpanel/ui/button";
import { Section } from "@nextpanel/ui/detail-page";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { Cell, HeadCell, Row, Table } from "@nextpanel/ui/table";
import { FileDown } from "lucide-react";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { ListPart } from "../list/list-view";
import { PAYMENTS } from "../payments/list";
import { adminTexts } from "../texts";
import { INVOICES } from "./list";

type Invoice = components["schemas"]["InvoiceDetail"];

function Party({ party }: { party: Invoice["buyer"] }) {
  if (!party) return null;
  const town = [party.postal_code, party.city].filter(Boolean).join(" ");
  const lines = [party.name, ...(party.lines ?? []), town, party.region, party.country, party.vat_number].filter(Boolean);
  return (
    <span className="whitespace-pre-line font-normal">{lines.join("\n")}</span>
  );
}

async function Lines({ invoice }: { invoice: Invoice }) {
  const [f, t] = await Promise.all([formats(), adminTexts("invoice")]);
  const money = (amount: number) => f.money(amount, invoice.currency);
  return (
    <Section title={t("lines")}>
      <Table>
        <thead>
          <tr>
            <HeadCell className="px-4 sm:px-4">{f.field("description")}</HeadCell>
            <HeadCell className="px-4 text-right sm:px-4">{f.field("amount")}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {invoice.lines.map((line, index) => (
            <Row key={index}>
              <Cell className="px-4 py-2.5 [overflow-wrap:anywhere] sm:px-4">{line.description}</Cell>
              <Cell className="numeric px-4 py-2.5 text-right align-top sm:px-4">{money(line.amount)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      <div className="border-t p-4">
        <Sum className="ml-auto max-w-xs">
          <SumRow label={t("subtotal")}>{money(invoice.subtotal_amount)}</SumRow>
          {invoice.discounts.map((discount) => (
            <SumRow key={discount.name} label={discount.name}>
              {money(-discount.amount)}
            </SumRow>
          ))}
          {invoice.taxes.map((tax, index) => (
            <SumRow key={index} label={[tax.name ?? f.field("tax_amount"), tax.percentage ? `${Number(tax.percentage)} %` : null].filter(Boolean).join(" ")}>
              {money(tax.amount)}
            </SumRow>
          ))}
          <SumRow label={f.field("total_amount")} strong>
            {money(invoice.total_amount)}
          </SumRow>
          {invoice.credit_applied_amount > 0 ? <SumRow label={t("creditApplied")}>{money(-invoice.credit_applied_amount)}</SumRow> : null}
          {invoice.credited_amount > 0 ? <SumRow label={f.field("credited_amount")}>{money(-invoice.credited_amount)}</SumRow> : null}
          {invoice.amount_remaining > 0 ? <SumRow label={f.field("amount_remaining")}>{money(invoice.amount_remaining)}</SumRow> : null}
        </Sum>
      </div>
    </Section>
  );
}

async function CreditNotes({ invoice }: { invoice: Invoice }) {
  const [f, t] = await Promise.all([formats(), adminTexts("invoice")]);
  if (invoice.credit_notes.length === 0) return null;
  return (
    <Section title={t("creditNotes")}>
      <Table>
        <tbody>
          {invoice.credit_notes.map((note) => (
            <Row key={note.id}>
              <Cell className="px-4 py-2.5 font-medium sm:px-4">{note.number}</Cell>
              <Cell className="px-4 py-2.5 sm:px-4">{f.state(note.status)}</Cell>
              <Cell className="px-4 py-2.5 text-muted sm:px-4">{note.memo ?? (note.reason ? f.word(note.reason) : null)}</Cell>
              <Cell className="numeric px-4 py-2.5 text-right sm:px-4">{f.money(note.total_amount, note.currency)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

export async function InvoiceDetail({ id }: { id: string }) {
  const client = await api();
  const [invoice, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/invoices/{invoice_id}", { params: { path: { invoice_id: id } } })),
    formats(),
    adminTexts("invoice"),
  ]);
  return (
    <Detail
      list={INVOICES}
      title={invoice.number ?? t("draft")}
      badge={f.state(invoice.status)}
      description={invoice.billing_reason ? f.word(invoice.billing_reason) : undefined}
      actions={
        invoice.number ? (
          <Button asChild variant="secondary" size="sm">
            <a href={`/api/staff/api/v1/admin/invoices/${id}/pdf`} download>
              <FileDown aria-hidden /> {t("pdf")}
            </a>
          </Button>
        ) : null
      }
      aside={
        <Facts
          facts={{
            order_id: <IdLink base="/admin/orders" id={invoice.order_id} />,
            subscription_id: <IdLink base="/admin/subscriptions" id={invoice.subscription_id} />,
            issued_at: f.time(invoice.issued_at ?? invoice.created_at),
            due_date: f.time(invoice.due_date),
            paid_at: f.time(invoice.paid_at),
            payment_method: invoice.paid_with,
            attempts: f.number(invoice.attempt_count),
            next_payment_attempt_at: f.time(invoice.next_payment_attempt_at),
            buyer: <Party party={invoice.buyer} />,
            seller: <Party party={invoice.seller} />,
            id: <Code>{invoice.id}</Code>,
          }}
        />
      }
    >
      <Lines invoice={invoice} />
      <CreditNotes invoice={invoice} />
      <Section title={t("payments")}>
        <ListPart config={PAYMENTS} only={{ invoice_id: id }} />
      </Section>
    </Detail>
  );
}
