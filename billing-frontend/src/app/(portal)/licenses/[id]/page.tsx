import { Alert } from "@nextpanel/ui/alert";
import { Badge } from "@nextpanel/ui/badge";
import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Fact, Facts } from "@nextpanel/ui/facts";
import { Meter } from "@nextpanel/ui/meter";
import { PageHeader } from "@nextpanel/ui/page";
import type { Metadata } from "next";
import Link from "next/link";

import { ApiKeyList } from "@/features/licenses/api-key-list";
import { RevealKey } from "@/features/licenses/reveal-key";
import { OpenPanel } from "@/features/orders/open-panel";
import { LICENSE_TONES } from "@/features/shell/states";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatDay, formatStorage } from "@/lib/format";
import { api, need } from "@/server/api";

type License = components["schemas"]["LicenseDetailOut"];
type Props = { params: Promise<{ id: string }> };

const QUOTAS = ["accounts", "domains", "databases", "emails", "storage_mb"] as const;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("licenses"))("one") };
}

async function Usage({ license }: { license: License }) {
  const [t, language] = await Promise.all([texts("licenses"), locale()]);
  return (
    <Card>
      <CardHeader title={t("usage")} description={t("usageHelp")} />
      <CardBody className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {QUOTAS.flatMap((name) => {
          const quota = license.usage[name];
          if (!quota) return [];
          const say = (amount: number) => (name === "storage_mb" ? formatStorage(amount, language) : new Intl.NumberFormat(language).format(amount));
          const text =
            quota.maximum === null
              ? t("usedUnlimited", { used: say(quota.used) })
              : t("usedOf", { used: say(quota.used), maximum: say(quota.maximum) });
          return [<Meter key={name} label={t(`quota.${name}`)} used={quota.used} maximum={quota.maximum} text={text} />];
        })}
      </CardBody>
    </Card>
  );
}

export default async function LicensePage({ params }: Props) {
  const { id } = await params;
  const client = await api();
  const license = await need(client.GET("/api/v1/licenses/{license_id}", { params: { path: { license_id: id } } }));
  const [t, language, subscriptions] = await Promise.all([
    texts("licenses"),
    locale(),
    need(client.GET("/api/v1/subscriptions", { params: { query: { limit: 100 } } })),
  ]);
  const subscription = subscriptions.items.find((each) => each.license_id === id);
  const day = formatDay(license.expiry_date, language);
  return (
    <ClientTexts namespaces={["licenses", "order"]}>
      <PageHeader
        crumbs={
          <Link href="/licenses" className="hover:text-ink">
            {t("title")}
          </Link>
        }
        title={t(`plan.${license.plan}`)}
        actions={license.status === "active" ? <OpenPanel target={{ license_id: id }} /> : null}
      />
      <div className="space-y-6">
        {license.status === "suspended" ? (
          <Alert tone="bad" title={t("suspended")}>
            {t("suspendedHelp")}
          </Alert>
        ) : null}
        <Card>
          <CardHeader
            title={t("one")}
            actions={<Badge tone={LICENSE_TONES[license.status]}>{t(`state.${license.status}`)}</Badge>}
          />
          <CardBody>
            <Facts>
              <Fact label={t("key")}>
                <RevealKey licenseId={id} last4={license.last4} />
              </Fact>
              <Fact label={license.auto_renew ? t("renewal") : t("end")}>{day}</Fact>
              <Fact label={t("since")}>{formatDay(license.activation_date, language)}</Fact>
              {subscription ? (
                <Fact label={t("subscription")}>
                  <Button asChild variant="link">
                    <Link href={`/subscriptions/${subscription.id}`}>{t("manage")}</Link>
                  </Button>
                </Fact>
              ) : null}
            </Facts>
          </CardBody>
        </Card>
        <Usage license={license} />
        <ApiKeyList licenseId={id} />
      </div>
    </ClientTexts>
  );
}
