import "server-only";

import { Action } from "../action/action";
import { code, count, text, time } from "../list/columns";
import { defineList } from "../list/config";

/** Where customers' accounts live. */
export const PANEL_SERVERS = defineList({
  name: "panelServers",
  api: "/api/v1/admin/panel-servers",
  csv: "/api/v1/admin/panel-servers.csv",
  permission: "panels:read",
  path: "/admin/panel-servers",
  columns: [
    text("name"),
    { key: "is_active", cell: (row, f) => f.state(row.is_active ? "active" : "draining") },
    code("base_url", { from: "lg" }),
    count("assigned_accounts"),
    { key: "max_accounts", align: "end", from: "sm", cell: (row, f) => (row.max_accounts === null ? f.word("unlimited") : f.number(row.max_accounts)) },
    time("created_at", { from: "md" }),
    time("updated_at", { isExtra: true }),
  ],
  actions: (row) => (
    <div className="flex justify-end">
      <Action
        config={{
          name: "updateServer",
          method: "patch",
          api: "/api/v1/admin/panel-servers/{server_id}",
          at: { server_id: row.id },
          permission: "panels:write",
          fields: [
            { kind: "text", name: "name", value: row.name, isRequired: true },
            { kind: "text", name: "base_url", value: row.base_url, isRequired: true, isCode: true },
            { kind: "number", name: "max_accounts", value: row.max_accounts ?? undefined, least: 0, hint: "unlimited" },
            { kind: "checkbox", name: "is_active", value: row.is_active, hint: "serverActive" },
          ],
        }}
      />
    </div>
  ),
});

export function NewServer() {
  return (
    <Action
      config={{
        name: "createServer",
        method: "post",
        api: "/api/v1/admin/panel-servers",
        permission: "panels:write",
        variant: "primary",
        fields: [
          { kind: "text", name: "name", isRequired: true },
          { kind: "text", name: "id", isRequired: true, isCode: true, hint: "serverId" },
          { kind: "text", name: "base_url", isRequired: true, isCode: true },
          { kind: "text", name: "key_id", isRequired: true, isCode: true },
          { kind: "text", name: "key_secret", isRequired: true, isCode: true, hint: "serverSecret" },
          { kind: "number", name: "max_accounts", least: 0, hint: "unlimited" },
        ],
      }}
    />
  );
}
