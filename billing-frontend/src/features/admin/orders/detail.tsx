import "server-only";

import { Section } from "@nextpanel/ui/detail-page";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { Cell, Row, Table } from "@nextpanel/ui/table";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { CustomerLink, Code, Facts } from "../details";
import { Detail } from "../detail";
import { formats } from "../formats";
import { INVOICES } from "../invoices/list";
import { ThingLink } from "../list/columns";
import { RowsTable } from "../list/list-view";
import { PAYMENTS } from "../payments/list";
import { adminTexts } from "../texts";
import { ORDERS } from "./list";
import { StepActions } from "./step-actions";

type Order = components["schemas"]["StaffOrderDetail"];

const cell = "px-4 py-2.5 sm:px-4";

async function Items({ order }: { order: Order }) {
  const [f, t] = await Promise.all([formats(), adminTexts("order")]);
  const money = (amount: number) => f.money(amount, order.currency);
  return (
    <Section title={t("items")}>
      <Table>
        <tbody>
          {order.items.map((item) => (
            <Row key={item.id}>
              <Cell className={`${cell} [overflow-wrap:anywhere]`}>{item.description}</Cell>
              <Cell className={cell}>{f.state(item.status)}</Cell>
              <Cell className={`${cell} numeric text-right`}>{money(item.amount)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      <div className="border-t p-4">
        <Sum className="ml-auto max-w-xs">
          <SumRow label={t("subtotal")}>{money(order.subtotal_amount)}</SumRow>
          {order.discount_amount > 0 ? <SumRow label={order.coupon_code ?? t("discount")}>{money(-order.discount_amount)}</SumRow> : null}
          <SumRow label={f.field("tax_amount")}>{money(order.tax_amount)}</SumRow>
          <SumRow label={f.field("total_amount")} strong>
            {money(order.total_amount)}
          </SumRow>
          {order.refunded_amount > 0 ? <SumRow label={f.field("refunded_amount")}>{money(-order.refunded_amount)}</SumRow> : null}
        </Sum>
      </div>
    </Section>
  );
}

async function StepsOf({ order }: { order: Order }) {
  const [f, t] = await Promise.all([formats(), adminTexts("order")]);
  return (
    <Section title={t("steps")}>
      <Table>
        <tbody>
          {order.steps.map((step) => {
            const trouble = step.status === "needs_attention" ? order.attention_steps.find((each) => each.id === step.id) : undefined;
            return (
              <Row key={step.id}>
                <Cell className={cell}>
                  <ThingLink href={`/admin/attention/${step.id}`}>
                    <span className="font-medium">{f.word(step.kind)}</span>
                  </ThingLink>
                  {trouble?.error ? <span className="block text-muted">{trouble.error}</span> : null}
                </Cell>
                <Cell className={cell}>{f.state(step.status)}</Cell>
                <Cell className={`${cell} hidden whitespace-nowrap text-right text-muted md:table-cell`}>{f.time(step.finished_at ?? step.next_attempt_at ?? step.started_at)}</Cell>
                <Cell className={cell}>{trouble ? <StepActions id={step.id} /> : null}</Cell>
              </Row>
            );
          })}
        </tbody>
      </Table>
    </Section>
  );
}

export async function OrderPage({ id }: { id: string }) {
  const client = await api();
  const [order, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/orders/{order_id}", { params: { path: { order_id: id } } })),
    formats(),
    adminTexts("order"),
  ]);
  return (
    <Detail
      list={ORDERS}
      title={t("titled", { number: order.number })}
      badge={f.state(order.steps.some((step) => step.status === "needs_attention") ? "needs_attention" : order.status)}
      aside={
        <Facts
          facts={{
            user_id: <CustomerLink customer={order.customer} />,
            status: f.word(order.status),
            created_at: f.time(order.created_at),
            paid_at: f.time(order.paid_at),
            fulfilled_at: f.time(order.fulfilled_at),
            dispute_status: order.dispute_status ? f.state(order.dispute_status) : null,
            coupon_code: order.coupon_code,
            tax_treatment: f.word(order.tax_treatment),
            stripe_payment_intent_id: <Code>{order.stripe_payment_intent_id}</Code>,
            id: <Code>{order.id}</Code>,
          }}
        />
      }
    >
      <StepsOf order={order} />
      <Items order={order} />
      <Section title={t("invoices")}>
        <RowsTable config={INVOICES} rows={order.invoices} />
      </Section>
      <Section title={t("payments")}>
        <RowsTable config={PAYMENTS} rows={order.payments} />
      </Section>
    </Detail>
  );
}
