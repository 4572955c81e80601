import { Badge } from "@nextpanel/ui/badge";
import { Card, CardBody } from "@nextpanel/ui/card";
import { Fact, Facts } from "@nextpanel/ui/facts";
import { PageHeader } from "@nextpanel/ui/page";
import Link from "next/link";

import { DOMAIN_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import { formatDay } from "@/lib/format";
import { api, need } from "@/server/api";

type Props = { params: Promise<{ id: string }> };

export default async function DomainPage({ params }: Props) {
  const { id } = await params;
  const domain = await need((await api()).GET("/api/v1/domains/{domain_id}", { params: { path: { domain_id: id } } }));
  const [t, language] = await Promise.all([texts("domains"), locale()]);
  const yes = (value: boolean | null) => (value === null ? t("notKnown") : value ? t("on") : t("off"));
  return (
    <>
      <PageHeader
        crumbs={
          <Link href="/domains" className="hover:text-ink">
            {t("title")}
          </Link>
        }
        title={domain.unicode_name}
      />
      <Card>
        <CardBody>
          <Facts className="lg:grid-cols-3">
            <Fact label={t("status")}>
              <Badge tone={DOMAIN_TONES[domain.status]}>{t(`state.${domain.status}`)}</Badge>
            </Fact>
            <Fact label={t("registered")}>{domain.registration_date ? formatDay(domain.registration_date, language) : "–"}</Fact>
            <Fact label={t("expires")}>{domain.expiry_date ? formatDay(domain.expiry_date, language) : "–"}</Fact>
            <Fact label={t("autoRenew")}>{yes(domain.auto_renew)}</Fact>
            <Fact label={t("lock")}>{yes(domain.is_transfer_locked)}</Fact>
            <Fact label={t("privacy")}>{yes(domain.is_private)}</Fact>
            <Fact label={t("nameservers")}>
              {domain.nameservers.length === 0
                ? t("registrarsOwn")
                : domain.nameservers.map((each) => (
                    <span key={each} className="block font-mono text-xs leading-6">
                      {each}
                    </span>
                  ))}
            </Fact>
          </Facts>
        </CardBody>
      </Card>
    </>
  );
}
