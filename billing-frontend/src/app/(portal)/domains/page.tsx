import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { PageHeader } from "@nextpanel/ui/page";
import { Globe } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { CalendarFeed } from "@/features/domains/calendar-feed";
import { DOMAIN_LIST } from "@/features/lists/domains";
import type { ListParams } from "@/features/lists/address";
import { ListView } from "@/features/lists/list-view";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";

type Props = { searchParams: Promise<ListParams> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("domains"))("title") };
}

export default async function DomainsPage({ searchParams }: Props) {
  const [t, params] = await Promise.all([texts("domains"), searchParams]);
  const toSearch = (variant: "primary" | "secondary") => (
    <Button asChild variant={variant}>
      <Link href="/search">{t("find")}</Link>
    </Button>
  );
  return (
    <ClientTexts namespaces={["domains"]}>
      <PageHeader title={t("title")} actions={toSearch("secondary")} />
      <ListView
        list={DOMAIN_LIST}
        params={params}
        caption={t("title")}
        empty={{ icon: <Globe />, title: t("empty"), help: t("emptyHelp"), action: toSearch("primary") }}
      />
      <Card className="mt-6">
        <CardHeader title={t("calendar")} description={t("calendarHelp")} />
        <CardBody>
          <CalendarFeed />
        </CardBody>
      </Card>
    </ClientTexts>
  );
}
