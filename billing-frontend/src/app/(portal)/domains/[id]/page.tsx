import { Badge } from "@nextpanel/ui/badge";
import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Fact, Facts } from "@nextpanel/ui/facts";
import { PageHeader } from "@nextpanel/ui/page";
import { RefreshCw } from "lucide-react";
import Link from "next/link";
import { Suspense } from "react";

import { renewDomain } from "@/features/cart/actions";
import { AuthCode } from "@/features/domains/auth-code";
import { Contacts, ContactsSkeleton } from "@/features/domains/contacts";
import { NameserversForm } from "@/features/domains/nameservers";
import { DomainSwitch } from "@/features/domains/switches";
import { DOMAIN_TONES } from "@/features/shell/states";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay } from "@/lib/format";
import { api, need } from "@/server/api";

type Domain = components["schemas"]["DomainOut"];
type Props = { params: Promise<{ id: string }> };

/** What its owner can set, while the domain is active. */
async function Managed({ domain }: { domain: Domain }) {
  const t = await texts("domains");
  const { id } = domain;
  return (
    <>
      <Card>
        <CardHeader title={t("settings")} />
        <CardBody>
          <ul>
            <DomainSwitch id={id} kind="autoRenew" on={domain.auto_renew} />
            <DomainSwitch id={id} kind="lock" on={domain.is_transfer_locked} />
            {domain.is_private === null ? null : <DomainSwitch id={id} kind="privacy" on={domain.is_private} />}
          </ul>
        </CardBody>
      </Card>
      <Card>
        <CardHeader title={t("nameservers")} description={t("nameserversHelp")} />
        <CardBody>
          <NameserversForm id={id} initial={domain.nameservers} />
        </CardBody>
      </Card>
      <Card>
        <Suspense fallback={<ContactsSkeleton />}>
          <Contacts id={id} />
        </Suspense>
      </Card>
      <Card>
        <CardHeader title={t("authCode")} description={t("authLead")} actions={<AuthCode id={id} />} />
        <CardBody className="pt-2" />
      </Card>
    </>
  );
}

export default async function DomainPage({ params }: Props) {
  const { id } = await params;
  const domain = await need((await api()).GET("/api/v1/domains/{domain_id}", { params: { path: { domain_id: id } } }));
  const [t, language] = await Promise.all([texts("domains"), locale()]);
  const isActive = domain.status === "active";
  const canRenew = isActive || domain.status === "expired";
  return (
    <ClientTexts namespaces={["contact", "domains"]}>
      <PageHeader
        crumbs={
          <Link href="/domains" className="hover:text-ink">
            {t("title")}
          </Link>
        }
        title={<bdi>{domain.unicode_name}</bdi>}
        actions={
          canRenew ? (
            <form action={renewDomain}>
              <input type="hidden" name="name" value={domain.domain_name} />
              <Button type="submit" variant={isActive ? "secondary" : "primary"}>
                <RefreshCw aria-hidden /> {t("renew")}
              </Button>
            </form>
          ) : null
        }
      />
      <div className="space-y-6">
        <Card>
          <CardBody>
          <Facts className="lg:grid-cols-3">
            <Fact label={t("status")}>
              <Badge tone={DOMAIN_TONES[domain.status]}>{t(`state.${domain.status}`)}</Badge>
            </Fact>
            <Fact label={t("registered")}>{domain.registration_date ? formatDay(domain.registration_date, language) : "–"}</Fact>
            <Fact label={t("expires")}>{domain.expiry_date ? formatDay(domain.expiry_date, language) : "–"}</Fact>
          </Facts>
        </CardBody>
      </Card>
      {isActive ? <Managed domain={domain} /> : null}
      </div>
    </ClientTexts>
  );
}
