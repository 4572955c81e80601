import "server-only";

import { Section } from "@nextpanel/ui/detail-page";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, CustomerLink, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { RowsTable } from "../list/list-view";
import { adminTexts } from "../texts";
import { DOMAINS, OPERATIONS } from "./list";

type Registrant = NonNullable<components["schemas"]["StaffDomainDetail"]["registrant"]>;

function Contact({ of }: { of: Registrant }) {
  const lines = [`${of.first_name} ${of.last_name}`, of.organization, of.address1, of.address2, `${of.postal_code} ${of.city}`, of.state_province, of.country, of.phone, of.email];
  return <span className="whitespace-pre-line font-normal">{lines.filter(Boolean).join("\n")}</span>;
}

export async function DomainPage({ id }: { id: string }) {
  const client = await api();
  const [domain, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/domains/{domain_id}", { params: { path: { domain_id: id } } })),
    formats(),
    adminTexts("domain"),
  ]);
  const yesNo = (value: boolean | null) => (value === null ? null : f.word(value ? "yes" : "no"));
  return (
    <Detail
      list={DOMAINS}
      title={domain.unicode_name}
      badge={f.state(domain.status)}
      description={domain.unicode_name === domain.domain_name ? undefined : domain.domain_name}
      aside={
        <Facts
          facts={{
            user_id: <CustomerLink customer={domain.customer} />,
            license_id: <IdLink base="/admin/licenses" id={domain.license_id} />,
            registrar: f.word(domain.registrar),
            registration_date: f.day(domain.registration_date),
            expiry_date: f.day(domain.expiry_date),
            auto_renew: yesNo(domain.auto_renew),
            is_transfer_locked: yesNo(domain.is_transfer_locked),
            is_private: yesNo(domain.is_private),
            is_premium: yesNo(domain.is_premium),
            nameservers: (
              <span className="flex flex-col">
                {domain.nameservers.map((each) => (
                  <Code key={each}>{each}</Code>
                ))}
              </span>
            ),
            registrant: domain.registrant ? <Contact of={domain.registrant} /> : null,
            synced_at: f.time(domain.synced_at),
            registrar_domain_id: <Code>{domain.registrar_domain_id}</Code>,
            id: <Code>{domain.id}</Code>,
          }}
        />
      }
    >
      <Section title={t("operations")}>
        <RowsTable config={OPERATIONS} rows={domain.operations} />
      </Section>
    </Detail>
  );
}
