import { Button } from "@nextpanel/ui/button";
import { Card } from "@nextpanel/ui/card";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { KeyRound } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { LicenseCard } from "@/features/licenses/license-card";
import { Pager } from "@/features/shell/pager";
import { texts } from "@/i18n/server";
import { api, need } from "@/server/api";

type Props = { searchParams: Promise<{ cursor?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("licenses"))("title") };
}

export default async function LicensesPage({ searchParams }: Props) {
  const [t, { cursor }] = await Promise.all([texts("licenses"), searchParams]);
  const page = await need((await api()).GET("/api/v1/licenses", { params: { query: { limit: 20, cursor } } }));
  return (
    <>
      <PageHeader
        title={t("title")}
        actions={
          <Button asChild variant="secondary">
            <Link href="/plans">{t("buy")}</Link>
          </Button>
        }
      />
      {page.items.length === 0 ? (
        <Card>
          <EmptyState icon={<KeyRound />} title={t("empty")}>
            {t("emptyHelp")}
          </EmptyState>
        </Card>
      ) : (
        <div className="grid gap-4">
          {page.items.map((each) => (
            <LicenseCard key={each.id} license={each} />
          ))}
        </div>
      )}
      <Pager path="/licenses" next={page.next_cursor ?? null} />
    </>
  );
}
