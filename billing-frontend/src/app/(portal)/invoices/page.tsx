import { Card } from "@nextpanel/ui/card";
import { cn } from "@nextpanel/ui/lib/cn";
import { EmptyState, PageHeader } from "@nextpanel/ui/page";
import { Receipt } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";

import { InvoiceTable } from "@/features/invoices/invoice-table";
import { Pager } from "@/features/shell/pager";
import { texts } from "@/i18n/server";
import { api, need } from "@/server/api";

const FILTERS = ["open", "paid", "void"] as const;

type Props = { searchParams: Promise<{ cursor?: string; status?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("invoices"))("title") };
}

export default async function InvoicesPage({ searchParams }: Props) {
  const [t, { cursor, status: wanted }] = await Promise.all([texts("invoices"), searchParams]);
  const status = FILTERS.find((each) => each === wanted);
  const query = { limit: 20, cursor, status };
  const page = await need((await api()).GET("/api/v1/invoices", { params: { query } }));
  const path = status ? `/invoices?status=${status}` : "/invoices";
  return (
    <>
      <PageHeader title={t("title")} description={t("lead")} />
      <nav aria-label={t("filter")} className="mb-4 flex flex-wrap gap-1.5">
        {[undefined, ...FILTERS].map((each) => (
          <Link
            key={each ?? "all"}
            href={each ? `/invoices?status=${each}` : "/invoices"}
            aria-current={each === status ? "true" : undefined}
            className={cn(
              "rounded-full border px-3.5 py-1.5 text-sm font-medium transition-colors",
              each === status ? "border-accent bg-accent-soft text-accent" : "bg-surface text-muted hover:text-ink",
            )}
          >
            {each ? t(`state.${each}`) : t("all")}
          </Link>
        ))}
      </nav>
      <Card className="overflow-hidden">
        {page.items.length === 0 ? (
          <EmptyState icon={<Receipt />} title={status ? t("noneSuch") : t("empty")}>
            {status ? null : t("emptyHelp")}
          </EmptyState>
        ) : (
          <InvoiceTable invoices={page.items} />
        )}
      </Card>
      <Pager path={path} next={page.next_cursor ?? null} />
    </>
  );
}
