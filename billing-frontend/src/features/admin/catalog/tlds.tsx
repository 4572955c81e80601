import "server-only";

import type { components } from "@/lib/billing-api";

import { Action, type FieldConfig } from "../action/action";
import { money, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

type Tld = components["schemas"]["StaffTld"];
type Patch = components["schemas"]["StaffTldPatch"];

const AMOUNTS = ["register_amount", "register_cost_amount", "renew_amount", "renew_cost_amount", "transfer_amount", "transfer_cost_amount"] as const;

function tldFields(tld?: Tld): FieldConfig<keyof Patch>[] {
  const currency = tld?.currency ?? "USD";
  return [
    ...AMOUNTS.map((name) => ({ kind: "money" as const, name, currency, value: tld?.[name], isRequired: true })),
    { kind: "number", name: "min_years", value: tld?.min_years ?? 1, least: 1, most: 10, isRequired: true },
    { kind: "number", name: "max_years", value: tld?.max_years ?? 10, least: 1, most: 10, isRequired: true },
    { kind: "checkbox", name: "is_active", value: tld?.is_active ?? true, hint: "tldActive" },
  ];
}

/** What domains cost under each ending, us and our customers. */
export const TLDS = defineList({
  name: "tlds",
  api: "/api/v1/admin/tld-prices",
  permission: "catalog:read",
  path: "/admin/tld-prices",
  columns: [
    text("tld"),
    { key: "is_active", from: "sm", cell: (row, f) => f.state(row.is_active ? "active" : "hidden") },
    word("registrar", { from: "lg" }),
    money("register_amount"),
    money("register_cost_amount", { from: "xl" }),
    money("renew_amount", { from: "md" }),
    money("renew_cost_amount", { from: "xl" }),
    money("transfer_amount", { from: "lg" }),
    money("transfer_cost_amount", { isExtra: true }),
    { key: "years", align: "end", isExtra: true, cell: (row) => `${row.min_years}–${row.max_years}` },
    time("updated_at", { isExtra: true }),
  ],
  actions: (row) => (
    <div className="flex justify-end">
      <Action
        config={{ name: "updateTld", method: "patch", api: "/api/v1/admin/tld-prices/{tld_id}", at: { tld_id: row.id }, permission: "catalog:write", fields: tldFields(row) }}
      />
    </div>
  ),
});

export function NewTld() {
  return (
    <Action
      config={{
        name: "createTld",
        method: "post",
        api: "/api/v1/admin/tld-prices",
        permission: "catalog:write",
        variant: "primary",
        fields: [{ kind: "text", name: "tld", isRequired: true, isCode: true, hint: "tld" }, { kind: "text", name: "registrar", isRequired: true, value: "namecheap" }, ...tldFields()],
      }}
    />
  );
}
