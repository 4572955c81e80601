import "server-only";

import { Section, WorkTitle } from "@nextpanel/ui/detail-page";
import { Check } from "lucide-react";

import { api, need } from "@/server/api";

import { formats } from "../formats";
import type { SearchParams } from "../list/address";
import { ListView } from "../list/list-view";
import { adminTexts } from "../texts";
import { InviteStaff, STAFF } from "./list";

/** What each role may do, side by side. */
async function Roles() {
  const client = await api();
  const [{ items }, f, t] = await Promise.all([need(client.GET("/api/v1/admin/roles")), formats(), adminTexts("staff")]);
  const roles = items.filter((each) => each.permissions.length > 0);
  const all = [...new Set(roles.flatMap((each) => each.permissions))];
  return (
    <Section title={t("roles")}>
      <div className="overflow-x-auto" role="region" aria-label={t("roles")} tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b text-xs text-muted">
              <th scope="col" className="h-9 px-4 text-left font-medium">
                {t("permission")}
              </th>
              {roles.map((each) => (
                <th key={each.role} scope="col" className="px-4 text-center font-medium">
                  {f.word(each.role)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((permission) => (
              <tr key={permission} className="border-b last:border-0">
                <th scope="row" className="h-8 px-4 text-left font-normal">
                  <code className="font-mono text-xs">{permission}</code>
                </th>
                {roles.map((each) => (
                  <td key={each.role} className="px-4 text-center">
                    {each.permissions.includes(permission) ? <Check aria-label={f.word("yes")} className="mx-auto size-4 text-good" /> : <span className="sr-only">{f.word("no")}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

export async function StaffPage({ params }: { params: SearchParams }) {
  const texts = await adminTexts("lists");
  return (
    <>
      <WorkTitle title={texts("staff.title")} description={texts("staff.help")} actions={<InviteStaff />} />
      <ListView config={STAFF} params={params} />
      <div className="mt-6">
        <Roles />
      </div>
    </>
  );
}
