import "server-only";

import { Action } from "../action/action";
import { count, idOf, state, text, time, word, yes } from "../list/columns";
import { defineList } from "../list/config";

export const DUNNING_CASES = defineList({
  name: "dunningCases",
  api: "/api/v1/admin/dunning/cases",
  csv: "/api/v1/admin/dunning/cases.csv",
  permission: "dunning:read",
  path: "/admin/dunning",
  filters: [
    { kind: "select", name: "stage", values: ["grace", "ending", "suspended", "cancelling", "cancelled", "terminated", "recovered"] },
    { kind: "id", name: "brake_id" },
  ],
  columns: [
    state("stage"),
    word("kind", { from: "md" }),
    idOf("user_id", "/admin/customers"),
    idOf("license_id", "/admin/licenses", { from: "lg" }),
    idOf("subscription_id", "/admin/subscriptions", { isExtra: true }),
    count("payment_attempts", { from: "lg" }),
    yes("needs_confirmation", { from: "lg" }),
    text("last_error", { grow: true, from: "xl" }),
    time("opened_at", { from: "md" }),
    time("suspend_at", { from: "sm" }),
    time("cancel_at", { isExtra: true }),
    time("terminate_at", { isExtra: true }),
    time("closed_at", { isExtra: true }),
  ],
});

export const DUNNING_BRAKES = defineList({
  name: "dunningBrakes",
  api: "/api/v1/admin/dunning/brakes",
  permission: "dunning:read",
  path: "/admin/dunning/brakes",
  filters: [{ kind: "select", name: "status", values: ["pending", "confirmed", "rejected"] }],
  hrefOf: (row) => `/admin/dunning?brake_id=${row.id}`,
  columns: [state("status"), count("account_count"), count("limit", { from: "sm" }), time("created_at", { from: "sm" }), time("decided_at", { from: "md" })],
  actions: (row) =>
    row.status === "pending" ? (
      <div className="flex justify-end gap-2">
        <Action
          config={{
            name: "rejectBrake",
            method: "post",
            api: "/api/v1/admin/dunning/brakes/{brake_id}/reject",
            at: { brake_id: row.id },
            permission: "dunning:decide",
          }}
        />
        <Action
          config={{
            name: "confirmBrake",
            method: "post",
            api: "/api/v1/admin/dunning/brakes/{brake_id}/confirm",
            at: { brake_id: row.id },
            permission: "dunning:decide",
            confirm: String(row.account_count),
            variant: "danger",
          }}
        />
      </div>
    ) : null,
});
