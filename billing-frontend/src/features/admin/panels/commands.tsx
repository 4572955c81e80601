import "server-only";

import { Action } from "../action/action";
import { code, count, idOf, state, text, time, word } from "../list/columns";
import { defineList } from "../list/config";

export const PANEL_COMMANDS = defineList({
  name: "panelCommands",
  api: "/api/v1/admin/panel-commands",
  permission: "panels:read",
  path: "/admin/panel-commands",
  isLive: true,
  columns: [
    word("wanted_status"),
    state("status"),
    word("reason", { from: "md" }),
    idOf("user_id", "/admin/customers", { from: "lg" }),
    code("panel_account_id", { isExtra: true }),
    text("last_error", { grow: true, from: "lg" }),
    code("last_error_code", { isExtra: true }),
    count("attempts", { from: "md" }),
    time("next_attempt_at", { from: "xl" }),
    time("created_at", { from: "sm" }),
  ],
  actions: (row) =>
    row.status === "waiting" || row.status === "needs_attention" ? (
      <Action
        config={{
          name: "retryCommand",
          method: "post",
          api: "/api/v1/admin/panel-commands/{command_id}/retry",
          at: { command_id: row.id },
          permission: "panels:write",
        }}
      />
    ) : null,
});
