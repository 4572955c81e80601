import "server-only";

import type { components } from "@/lib/billing-api";

import { Action } from "../action/action";

type License = components["schemas"]["StaffLicenseDetail"];

/** Switching a license off and on by hand. */
export function LicenseActions({ license }: { license: License }) {
  const at = { license_id: license.id };
  if (license.status === "active") {
    return (
      <Action
        config={{
          name: "suspendLicense",
          method: "post",
          api: "/api/v1/admin/licenses/{license_id}/suspend",
          at,
          permission: "licenses:write",
          fields: [{ kind: "textarea", name: "reason", isRequired: true, most: 300 }],
          confirm: license.last4,
          variant: "danger",
        }}
      />
    );
  }
  if (license.status !== "suspended") return null;
  return <Action config={{ name: "reinstateLicense", method: "post", api: "/api/v1/admin/licenses/{license_id}/reinstate", at, permission: "licenses:write" }} />;
}
