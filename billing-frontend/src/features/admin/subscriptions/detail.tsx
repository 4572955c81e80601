import "server-only";

import { Section } from "@nextpanel/ui/detail-page";
import { Cell, Row, Table } from "@nextpanel/ui/table";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, CustomerLink, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { INVOICES } from "../invoices/list";
import { RowsTable } from "../list/list-view";
import { adminTexts } from "../texts";
import { SubscriptionActions } from "./actions";
import { SUBSCRIPTIONS } from "./list";

type Subscription = components["schemas"]["StaffSubscriptionDetail"];

async function Changes({ subscription }: { subscription: Subscription }) {
  const [f, t] = await Promise.all([formats(), adminTexts("subscription")]);
  if (subscription.changes.length === 0) return null;
  return (
    <Section title={t("changes")}>
      <Table>
        <tbody>
          {subscription.changes.map((change) => (
            <Row key={change.id}>
              <Cell className="px-4 py-2.5 [overflow-wrap:anywhere] sm:px-4">{change.summary}</Cell>
              <Cell className="px-4 py-2.5 sm:px-4">{f.state(change.status)}</Cell>
              <Cell className="numeric px-4 py-2.5 text-right sm:px-4">{f.money(change.today_amount, change.currency)}</Cell>
              <Cell className="px-4 py-2.5 text-right text-muted sm:px-4">{f.time(change.applied_at ?? change.effective_at)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

export async function SubscriptionPage({ id }: { id: string }) {
  const client = await api();
  const [subscription, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/subscriptions/{subscription_id}", { params: { path: { subscription_id: id } } })),
    formats(),
    adminTexts("subscription"),
  ]);
  return (
    <Detail
      list={SUBSCRIPTIONS}
      title={t("titled", { plan: f.word(subscription.plan_code), interval: f.word(subscription.interval) })}
      badge={f.state(subscription.status)}
      description={subscription.cancel_at_period_end ? t("ends") : undefined}
      actions={<SubscriptionActions subscription={subscription} />}
      aside={
        <Facts
          facts={{
            user_id: <CustomerLink customer={subscription.customer} />,
            license_id: <IdLink base="/admin/licenses" id={subscription.license_id} />,
            order_id: <IdLink base="/admin/orders" id={subscription.order_id} />,
            coupon_code: subscription.coupon_code,
            created_at: f.time(subscription.created_at),
            current_period_start: f.day(subscription.current_period_start),
            current_period_end: f.day(subscription.current_period_end),
            trial_end_at: f.time(subscription.trial_end_at),
            next_payment_attempt_at: f.time(subscription.next_payment_attempt_at),
            suspends_at: f.time(subscription.suspends_at),
            cancelled_at: f.time(subscription.cancelled_at),
            cancel_reason: subscription.cancel_reason ? f.word(subscription.cancel_reason) : null,
            cancel_comment: subscription.cancel_comment,
            stripe_subscription_id: <Code>{subscription.stripe_subscription_id}</Code>,
            id: <Code>{subscription.id}</Code>,
          }}
        />
      }
    >
      <Changes subscription={subscription} />
      <Section title={t("invoices")}>
        <RowsTable config={INVOICES} rows={subscription.invoices} />
      </Section>
    </Detail>
  );
}
