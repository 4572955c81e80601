import "server-only";

import type { components } from "@/lib/billing-api";

import { Action } from "../action/action";

type Subscription = components["schemas"]["StaffSubscriptionDetail"];

const REASONS = ["customer_service", "too_expensive", "missing_features", "switched_service", "unused", "too_complex", "low_quality", "other"];

/** Ending a subscription for its customer, and taking that back. */
export function SubscriptionActions({ subscription }: { subscription: Subscription }) {
  const at = { subscription_id: subscription.id };
  if (subscription.status === "cancelled") return null;
  if (subscription.cancel_at_period_end) {
    return <Action config={{ name: "keepSubscription", method: "post", api: "/api/v1/admin/subscriptions/{subscription_id}/keep", at, permission: "subscriptions:write" }} />;
  }
  return (
    <Action
      config={{
        name: "cancelSubscription",
        method: "post",
        api: "/api/v1/admin/subscriptions/{subscription_id}/cancel",
        at,
        permission: "subscriptions:write",
        variant: "danger",
        fields: [
          { kind: "select", name: "at", options: ["period_end", "now"], value: "period_end" },
          { kind: "select", name: "reason", options: REASONS },
          { kind: "textarea", name: "feedback", most: 200 },
          { kind: "checkbox", name: "refund", hint: "cancelRefund" },
        ],
      }}
    />
  );
}
