import "server-only";

import { Action } from "../action/action";
import { code, count, text, time, word, yes } from "../list/columns";
import { defineList } from "../list/config";

/** What customers may type at the checkout, and how often they did. */
export const COUPONS = defineList({
  name: "coupons",
  api: "/api/v1/admin/coupons",
  permission: "catalog:read",
  path: "/admin/coupons",
  filters: [
    { kind: "search", name: "code" },
    { kind: "select", name: "is_active", values: [true, false] },
  ],
  columns: [
    code("code"),
    { key: "is_active", cell: (row, f) => f.state(row.is_active ? "active" : "ended") },
    text("name", { from: "lg" }),
    {
      key: "discount",
      align: "end",
      cell: (row, f) => (row.percent_off ? f.percent(Number(row.percent_off) / 100) : row.amount_off !== null && row.currency ? f.money(row.amount_off, row.currency) : "–"),
    },
    word("duration", { from: "md" }),
    count("duration_months", { isExtra: true }),
    count("times_redeemed", { from: "sm" }),
    count("max_redemptions", { from: "lg" }),
    yes("first_time_only", { isExtra: true }),
    {
      key: "minimum_amount",
      align: "end",
      isExtra: true,
      cell: (row, f) => (row.minimum_amount !== null && row.minimum_currency ? f.money(row.minimum_amount, row.minimum_currency) : "–"),
    },
    time("expires_at", { from: "md" }),
    time("created_at", { isExtra: true }),
  ],
  actions: (row) =>
    row.is_active ? (
      <Action
        config={{
          name: "deactivateCoupon",
          method: "post",
          api: "/api/v1/admin/coupons/{coupon}/deactivate",
          at: { coupon: row.id },
          permission: "catalog:write",
          confirm: row.code,
          variant: "danger",
        }}
      />
    ) : null,
});

export function NewCoupon() {
  return (
    <Action
      config={{
        name: "createCoupon",
        method: "post",
        api: "/api/v1/admin/coupons",
        permission: "catalog:write",
        variant: "primary",
        fields: [
          { kind: "text", name: "code", isRequired: true, isCode: true, most: 50 },
          { kind: "text", name: "name", isRequired: true, most: 40 },
          { kind: "text", name: "percent_off", hint: "percentOrAmount" },
          { kind: "money", name: "amount_off", currency: "USD" },
          { kind: "text", name: "currency", most: 3, hint: "couponCurrency" },
          { kind: "select", name: "duration", options: ["once", "repeating", "forever"] },
          { kind: "number", name: "duration_months", least: 1, hint: "durationMonths" },
          { kind: "number", name: "max_redemptions", least: 1, hint: "unlimited" },
          { kind: "money", name: "minimum_amount", currency: "USD" },
          { kind: "checkbox", name: "first_time_only" },
        ],
      }}
    />
  );
}
