import "server-only";

import { Action } from "../action/action";
import { text, time, word } from "../list/columns";
import { defineList } from "../list/config";

const ROLES = ["support", "billing_admin", "owner"] as const;

/** The colleagues. */
export const STAFF = defineList({
  name: "staff",
  api: "/api/v1/admin/staff",
  csv: "/api/v1/admin/staff.csv",
  permission: "staff:write",
  path: "/admin/staff",
  columns: [
    text("full_name"),
    text("email", { from: "sm" }),
    word("role"),
    { key: "is_active", from: "md", cell: (row, f) => f.state(row.is_active ? "active" : "blocked") },
    time("password_changed_at", { isExtra: true }),
    time("created_at", { from: "lg" }),
  ],
  actions: (row) => {
    const at = { user_id: row.id };
    return (
      <div className="flex justify-end gap-2">
        {row.password_changed_at === null ? (
          <Action config={{ name: "inviteAgain", method: "post", api: "/api/v1/admin/staff/{user_id}/invitations", at, permission: "staff:write", variant: "ghost" }} />
        ) : null}
        <Action
          config={{
            name: "updateStaff",
            method: "patch",
            api: "/api/v1/admin/staff/{user_id}",
            at,
            permission: "staff:write",
            fields: [
              { kind: "text", name: "full_name", value: row.full_name, isRequired: true },
              { kind: "select", name: "role", options: ROLES, value: row.role },
              { kind: "checkbox", name: "is_active", value: row.is_active, hint: "staffActive" },
            ],
          }}
        />
      </div>
    );
  },
});

export function InviteStaff() {
  return (
    <Action
      config={{
        name: "inviteStaff",
        method: "post",
        api: "/api/v1/admin/staff",
        permission: "staff:write",
        variant: "primary",
        fields: [
          { kind: "text", name: "full_name", isRequired: true },
          { kind: "text", name: "email", isRequired: true },
          { kind: "select", name: "role", options: ROLES, value: "support" },
        ],
      }}
    />
  );
}
