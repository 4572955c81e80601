import { Alert } from "@nextpanel/ui/alert";
import { CardBody, CardHeader } from "@nextpanel/ui/card";
import { Fact, Facts } from "@nextpanel/ui/facts";
import { Skeleton } from "@nextpanel/ui/page";

import type { Contact } from "@/features/checkout/contact";
import { texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { api } from "@/server/api";

import { EditContacts } from "./contacts-form";

type Registrant = components["schemas"]["ContactOut"];

function contactOf(owner: Registrant): Contact {
  return {
    first_name: owner.first_name,
    last_name: owner.last_name,
    company_name: owner.organization ?? "",
    address_line1: owner.address1,
    city: owner.city,
    region: owner.state_province,
    postal_code: owner.postal_code,
    country: owner.country,
    phone: owner.phone,
  };
}

async function load(id: string): Promise<Registrant | null> {
  try {
    const { data } = await (await api()).GET("/api/v1/domains/{domain_id}/contacts", { params: { path: { domain_id: id } } });
    return data?.registrant ?? null;
  } catch {
    return null;
  }
}

/** Whom the registry knows as owner; it is asked while the rest of the page is there already. */
export async function Contacts({ id }: { id: string }) {
  const [t, owner] = await Promise.all([texts("domains"), load(id)]);
  if (!owner) {
    return (
      <>
        <CardHeader title={t("contacts")} />
        <CardBody>
          <Alert tone="warn">{t("contactsUnknown")}</Alert>
        </CardBody>
      </>
    );
  }
  return (
    <>
      <CardHeader title={t("contacts")} description={t("contactsLead")} actions={<EditContacts id={id} contact={contactOf(owner)} email={owner.email} />} />
      <CardBody>
        <Facts className="lg:grid-cols-3">
          <Fact label={t("owner")}>
            <bdi className="block">{`${owner.first_name} ${owner.last_name}`}</bdi>
            {owner.organization ? <bdi className="block">{owner.organization}</bdi> : null}
          </Fact>
          <Fact label={t("address")}>
            {[owner.address1, owner.address2, `${owner.postal_code} ${owner.city}`, `${owner.state_province}, ${owner.country}`].filter(Boolean).map((line) => (
              <bdi key={line} className="block">
                {line}
              </bdi>
            ))}
          </Fact>
          <Fact label={t("reachedAt")}>
            <span className="block">{owner.email}</span>
            <span className="numeric block">{owner.phone}</span>
          </Fact>
        </Facts>
      </CardBody>
    </>
  );
}

export function ContactsSkeleton() {
  return (
    <CardBody className="space-y-4" aria-busy>
      <Skeleton className="h-5 w-40" />
      <Skeleton className="h-16" />
    </CardBody>
  );
}
