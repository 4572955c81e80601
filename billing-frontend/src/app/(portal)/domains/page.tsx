import { Badge } from "@nextpanel/ui/badge";
import { Button } from "@nextpanel/ui/button";
import { Card } from "@nextpanel/ui/card";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { Cell, HeadCell, Row, Table } from "@nextpanel/ui/table";
import { Globe } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { Pager } from "@/features/shell/pager";
import { DOMAIN_TONES } from "@/features/shell/states";
import { locale, texts } from "@/i18n/server";
import { formatDay } from "@/lib/format";
import { api, need } from "@/server/api";

type Props = { searchParams: Promise<{ cursor?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("domains"))("title") };
}

export default async function DomainsPage({ searchParams }: Props) {
  const [t, language, { cursor }] = await Promise.all([texts("domains"), locale(), searchParams]);
  const page = await need((await api()).GET("/api/v1/domains", { params: { query: { limit: 20, cursor } } }));
  return (
    <>
      <PageHeader
        title={t("title")}
        actions={
          <Button asChild variant="secondary">
            <Link href="/search">{t("find")}</Link>
          </Button>
        }
      />
      <Card className="overflow-hidden">
        {page.items.length === 0 ? (
          <EmptyState icon={<Globe />} title={t("empty")}>
            {t("emptyHelp")}
          </EmptyState>
        ) : (
          <Table>
            <thead>
              <tr>
                <HeadCell>{t("name")}</HeadCell>
                <HeadCell>{t("status")}</HeadCell>
                <HeadCell className="max-sm:hidden">{t("expires")}</HeadCell>
              </tr>
            </thead>
            <tbody>
              {page.items.map((each) => (
                <Row key={each.id}>
                  <Cell>
                    <Link href={`/domains/${each.id}`} className="font-medium [overflow-wrap:anywhere] after:absolute after:inset-0 hover:text-accent">
                      {each.unicode_name}
                    </Link>
                  </Cell>
                  <Cell>
                    <Badge tone={DOMAIN_TONES[each.status]}>{t(`state.${each.status}`)}</Badge>
                  </Cell>
                  <Cell className="text-muted max-sm:hidden">{each.expiry_date ? formatDay(each.expiry_date, language) : "–"}</Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      <Pager path="/domains" next={page.next_cursor ?? null} />
    </>
  );
}
