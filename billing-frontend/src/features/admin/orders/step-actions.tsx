import "server-only";

import { Action } from "../action/action";

/** What staff can do about a step that cannot go on by itself. */
export function StepActions({ id }: { id: string }) {
  const at = { step_id: id };
  return (
    <div className="flex justify-end gap-2">
      <Action config={{ name: "retryStep", method: "post", api: "/api/v1/admin/steps/{step_id}/retry", at, permission: "orders:resolve" }} />
      <Action
        config={{
          name: "resolveStep",
          method: "post",
          api: "/api/v1/admin/steps/{step_id}/resolve",
          at,
          permission: "orders:resolve",
          fields: [
            { kind: "checkbox", name: "delivered", hint: "delivered", value: true },
            { kind: "textarea", name: "note", isRequired: true, most: 1000 },
          ],
        }}
      />
    </div>
  );
}
