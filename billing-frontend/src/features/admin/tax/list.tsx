import "server-only";

import { Action } from "../action/action";
import { code, count, day, idOf, state, text, time, yes } from "../list/columns";
import { defineList } from "../list/config";

export const TAX_RATES = defineList({
  name: "taxRates",
  api: "/api/v1/admin/tax-rates",
  permission: "tax:read",
  path: "/admin/tax-rates",
  filters: [{ kind: "text", name: "country" }],
  columns: [
    { key: "country", cell: (row, f) => f.country(row.country) },
    text("region", { from: "md" }),
    text("name", { from: "sm" }),
    { key: "percentage", align: "end", cell: (row, f) => f.percent(Number(row.percentage) / 100) },
    yes("inclusive", { from: "lg" }),
    day("valid_from_on", { from: "sm" }),
    day("valid_until_on", { from: "md" }),
    code("stripe_tax_rate_id", { isExtra: true }),
  ],
  actions: (row) => (
    <div className="flex justify-end gap-2">
      <Action
        config={{
          name: "updateTaxRate",
          method: "patch",
          api: "/api/v1/admin/tax-rates/{rate_id}",
          at: { rate_id: row.id },
          permission: "tax:write",
          fields: [
            { kind: "text", name: "name", value: row.name, isRequired: true },
            { kind: "text", name: "percentage", value: row.percentage, isRequired: true },
            { kind: "date", name: "valid_until_on", value: row.valid_until_on ?? "", hint: "validUntil" },
          ],
        }}
      />
      <Action
        config={{
          name: "deleteTaxRate",
          method: "delete",
          api: "/api/v1/admin/tax-rates/{rate_id}",
          at: { rate_id: row.id },
          permission: "tax:write",
          confirm: row.country,
          variant: "danger",
        }}
      />
    </div>
  ),
});

/** The button that adds a rate. */
export function NewTaxRate() {
  return (
    <Action
      config={{
        name: "createTaxRate",
        method: "post",
        api: "/api/v1/admin/tax-rates",
        permission: "tax:write",
        variant: "primary",
        fields: [
          { kind: "text", name: "country", isRequired: true, most: 2, hint: "country" },
          { kind: "text", name: "region" },
          { kind: "text", name: "name" },
          { kind: "text", name: "percentage", isRequired: true },
          { kind: "date", name: "valid_from_on", isRequired: true },
          { kind: "date", name: "valid_until_on", hint: "validUntil" },
          { kind: "checkbox", name: "inclusive" },
        ],
      }}
    />
  );
}

export const VAT_CHECKS = defineList({
  name: "vatChecks",
  api: "/api/v1/admin/vat-checks",
  csv: "/api/v1/admin/vat-checks.csv",
  permission: "tax:read",
  path: "/admin/vat-checks",
  filters: [{ kind: "select", name: "status", values: ["pending", "valid", "invalid", "unchecked"] }],
  columns: [
    code("vat_number"),
    state("status"),
    text("trader_name", { grow: true, from: "md" }),
    text("trader_address", { isExtra: true }),
    idOf("user_id", "/admin/customers", { from: "lg" }),
    count("attempts", { from: "lg" }),
    text("last_error", { isExtra: true }),
    time("answered_at", { from: "sm" }),
    time("created_at", { isExtra: true }),
  ],
  actions: (row) =>
    row.status === "valid" ? null : (
      <Action
        config={{
          name: "retryVatCheck",
          method: "post",
          api: "/api/v1/admin/vat-checks/{check_id}/retry",
          at: { check_id: row.id },
          permission: "tax:write",
        }}
      />
    ),
});
