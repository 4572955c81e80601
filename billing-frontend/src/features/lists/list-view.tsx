import { Button } from "@nextpanel/ui/button";
import { Card } from "@nextpanel/ui/card";
import { DataTable } from "@nextpanel/ui/data-table";
import { cn } from "@nextpanel/ui/lib/cn";
import { EmptyState } from "@nextpanel/ui/page";
import { Download } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { Pager } from "@/features/shell/pager";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";
import { api } from "@/server/api";

import { type ListParams, listHref } from "./address";
import { ColumnChoice } from "./column-choice";
import { type List, chosenColumns } from "./list";

const PAGE_SIZE = 20;

interface FiltersProps {
  path: string;
  states: readonly string[];
  params: ListParams;
  stateName: (state: string) => string;
}

async function Filters({ path, states, params, stateName }: FiltersProps) {
  const t = await texts("lists");
  return (
    <nav aria-label={t("filter")} className="flex flex-wrap gap-1.5">
      {[undefined, ...states].map((each) => (
        <Link
          key={each ?? "all"}
          href={listHref(path, params, { status: each, cursor: undefined })}
          aria-current={each === params.status ? "true" : undefined}
          className={cn(
            "rounded-full border px-3.5 py-1.5 text-sm font-medium transition-colors",
            each === params.status ? "border-accent bg-accent-soft text-accent" : "bg-surface text-muted hover:text-ink",
          )}
        >
          {each ? stateName(each) : t("all")}
        </Link>
      ))}
    </nav>
  );
}

interface ListViewProps<Row> {
  list: List<Row>;
  params: ListParams;
  /** What the table lists, for those who hear it. */
  caption: string;
  stateName?: (state: string) => string;
  empty: { icon: ReactNode; title: string; help?: string; action?: ReactNode };
}

/** A whole list: filter, columns and export above, its rows, and the way to older ones. All of it is in the address. */
export async function ListView<Row extends { id: string }>({ list, params, caption, stateName = String, empty }: ListViewProps<Row>) {
  const [t, all] = await Promise.all([texts("lists"), list.columns()]);
  const status = list.states.find((each) => each === params.status);
  const here = { ...params, status };
  const page = await list.load(await api(), { limit: PAGE_SIZE, cursor: params.cursor, status });
  const chosen = chosenColumns(all, params.columns);
  const choices = all.filter((each) => !each.fixed).map(({ key, title }) => ({ key, title }));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        {list.states.length > 0 ? <Filters path={list.path} states={list.states} params={here} stateName={stateName} /> : null}
        {page.items.length > 0 ? (
          <div className="ml-auto flex items-center gap-1">
            <ClientTexts namespaces={["lists"]}>
              <ColumnChoice path={list.path} params={here} columns={choices} shown={chosen.map((each) => each.key)} />
            </ClientTexts>
            <Button asChild variant="ghost" size="sm">
              <a href={listHref(`/api/lists/${list.name}`, here, { cursor: undefined })} download>
                <Download aria-hidden /> {t("csv")}
              </a>
            </Button>
          </div>
        ) : null}
      </div>
      <Card className="overflow-hidden">
        <DataTable
          caption={caption}
          columns={chosen}
          rows={page.items}
          keyOf={(row) => row.id}
          hrefOf={list.hrefOf}
          Link={Link}
          empty={
            <EmptyState icon={empty.icon} title={status ? t("noneSuch") : empty.title} action={status ? undefined : empty.action}>
              {status ? undefined : empty.help}
            </EmptyState>
          }
        />
      </Card>
      <Pager path={listHref(list.path, here, { cursor: undefined })} next={page.next_cursor ?? null} />
    </>
  );
}
