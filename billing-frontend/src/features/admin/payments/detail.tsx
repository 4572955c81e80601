import "server-only";

import { Section } from "@nextpanel/ui/detail-page";
import { Cell, Row, Table } from "@nextpanel/ui/table";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Action } from "../action/action";
import { Detail } from "../detail";
import { Code, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { adminTexts } from "../texts";
import { PAYMENTS } from "./list";

type Payment = components["schemas"]["PaymentDetail"];

function Refund({ payment }: { payment: Payment }) {
  const left = payment.amount - payment.refunded_amount;
  if (payment.status !== "succeeded" || left <= 0) return null;
  return (
    <Action
      config={{
        name: "refund",
        method: "post",
        api: "/api/v1/admin/payments/{payment_id}/refunds",
        at: { payment_id: payment.id },
        permission: "refunds:write",
        variant: "danger",
        fields: [
          { kind: "money", name: "amount", currency: payment.currency, most: left, value: left, hint: "refundAmount" },
          { kind: "select", name: "reason", options: ["requested_by_customer", "duplicate", "fraudulent"] },
          { kind: "textarea", name: "note", isRequired: true, most: 500, hint: "refundNote" },
        ],
      }}
    />
  );
}

async function Refunds({ payment }: { payment: Payment }) {
  const [f, t] = await Promise.all([formats(), adminTexts("payment")]);
  const refunds = payment.refunds ?? [];
  return (
    <Section title={t("refunds")}>
      {refunds.length === 0 ? (
        <p className="p-4 text-sm text-muted">{t("noRefund")}</p>
      ) : (
        <Table>
          <tbody>
            {refunds.map((refund) => (
              <Row key={refund.id}>
                <Cell className="numeric px-4 py-2.5 font-medium sm:px-4">{f.money(refund.amount, refund.currency)}</Cell>
                <Cell className="px-4 py-2.5 sm:px-4">{f.state(refund.status)}</Cell>
                <Cell className="px-4 py-2.5 sm:px-4">
                  {f.word(refund.reason)}
                  <span className="block text-muted">{refund.failure_reason ?? refund.note}</span>
                </Cell>
                <Cell className="px-4 py-2.5 text-right text-muted sm:px-4">{f.time(refund.created_at)}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

async function Disputes({ payment }: { payment: Payment }) {
  const [f, t] = await Promise.all([formats(), adminTexts("payment")]);
  const disputes = payment.disputes ?? [];
  if (disputes.length === 0) return null;
  return (
    <Section title={t("disputes")}>
      <Table>
        <tbody>
          {disputes.map((dispute) => (
            <Row key={dispute.id}>
              <Cell className="numeric px-4 py-2.5 font-medium sm:px-4">{f.money(dispute.amount, dispute.currency)}</Cell>
              <Cell className="px-4 py-2.5 sm:px-4">{f.state(dispute.status)}</Cell>
              <Cell className="px-4 py-2.5 sm:px-4">{f.word(dispute.reason)}</Cell>
              <Cell className="px-4 py-2.5 text-right text-muted sm:px-4">
                {f.field("evidence_due_at")} {f.time(dispute.evidence_due_at)}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

export async function PaymentPage({ id }: { id: string }) {
  const client = await api();
  const [payment, f] = await Promise.all([
    need(client.GET("/api/v1/admin/payments/{payment_id}", { params: { path: { payment_id: id } } })),
    formats(),
  ]);
  return (
    <Detail
      list={PAYMENTS}
      title={f.money(payment.amount, payment.currency)}
      badge={f.state(payment.status)}
      description={payment.description}
      actions={<Refund payment={payment} />}
      aside={
        <Facts
          facts={{
            user_id: <IdLink base="/admin/customers" id={payment.user_id} />,
            invoice_id: <IdLink base="/admin/invoices" id={payment.invoice_id} />,
            license_id: <IdLink base="/admin/licenses" id={payment.license_id} />,
            payment_method: <Code>{payment.payment_method}</Code>,
            refunded_amount: f.money(payment.refunded_amount, payment.currency),
            created_at: f.time(payment.created_at),
            stripe_payment_intent_id: <Code>{payment.stripe_payment_intent_id}</Code>,
            id: <Code>{payment.id}</Code>,
          }}
        />
      }
    >
      <Refunds payment={payment} />
      <Disputes payment={payment} />
    </Detail>
  );
}
