import "server-only";

import { Alert } from "@nextpanel/ui/alert";
import { Card } from "@nextpanel/ui/card";
import { DataTable, TableFoot } from "@nextpanel/ui/data-table";
import { WorkTitle } from "@nextpanel/ui/detail-page";
import type { Filter } from "@nextpanel/ui/filter-bar";
import { EmptyState } from "@nextpanel/ui/page";
import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";

import type { paths } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { type Formats, formats } from "../formats";
import { AutoRefresh } from "../frame/auto-refresh";
import { staff } from "../staff";
import { adminTexts } from "../texts";
import { type ListAddress, type SearchParams, readAddress, writeAddress } from "./address";
import type { FilterConfig, ListConfig, ListPath, RowOf } from "./config";
import { ListBar } from "./list-bar";

const PAGE = 50;
const PART = 10;

interface RowsAnswer<R> {
  items: R[];
  next_cursor?: string | null;
}

/** The value the API takes for what the address says; undefined when the address says nonsense. */
function toQuery<P extends ListPath>(filter: FilterConfig<P>, value: string | undefined): unknown {
  if (value === undefined) return undefined;
  if (filter.kind === "select") return filter.values.find((each) => String(each) === value);
  if (filter.kind === "date") return /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : undefined;
  return value;
}

function queryOf<P extends ListPath>(config: ListConfig<P>, address: ListAddress): Record<string, unknown> {
  return Object.fromEntries((config.filters ?? []).map((filter) => [filter.name, toQuery(filter, address.values[filter.name])]));
}

/** The same rows as a file, narrowed as the API takes it. */
function csvAddress<P extends ListPath>(config: ListConfig<P>, path: string, address: ListAddress): string {
  const values = Object.entries(queryOf(config, address)).filter(([, value]) => value !== undefined);
  return writeAddress(`/api/staff${path}`, { values: Object.fromEntries(values.map(([name, value]) => [name, String(value)])) });
}

async function load<P extends ListPath>(config: ListConfig<P>, address: ListAddress, limit: number): Promise<RowsAnswer<RowOf<P>>> {
  const query = { ...queryOf(config, address), ...config.fixed, limit, cursor: address.cursor };
  // The compiler cannot follow a path that is only known as one of many; defineList has checked it against the contract.
  const path = config.api as "/api/v1/admin/invoices" & keyof paths;
  const answer = need((await api()).GET(path, { params: { query: query as never, path: config.at as never } }));
  return (await answer) as unknown as RowsAnswer<RowOf<P>>;
}

function toFilter<P extends ListPath>(filter: FilterConfig<P>, f: Formats, any: string): Filter {
  const { name } = filter;
  const label = f.field(name);
  if (filter.kind === "select") {
    return { kind: "select", name, label, any, options: filter.values.map((value) => ({ value: String(value), label: f.word(String(value)) })) };
  }
  return { kind: filter.kind === "day" ? "date" : filter.kind === "id" ? "text" : filter.kind, name, label };
}

interface RowsTableProps<P extends ListPath> {
  config: ListConfig<P>;
  rows: RowOf<P>[];
  /** Keys of the chosen columns; without, the usual ones. */
  chosen?: string[];
  /** A list of its own page explains itself when it is empty; inside another page one line is enough. */
  isPage?: boolean;
  /** Something was asked for that may be the reason why there are none. */
  isNarrowed?: boolean;
}

/** Rows as their list shows them, wherever they come from. */
export async function RowsTable<P extends ListPath>({ config, rows, chosen, isPage, isNarrowed }: RowsTableProps<P>) {
  const [f, t, texts] = await Promise.all([formats(), adminTexts("list"), adminTexts("lists")]);
  const shown = config.columns.filter((column) => (chosen ? chosen.includes(column.key) : !column.isExtra));
  const { actions } = config;
  return (
    <DataTable
      caption={texts(`${config.name}.title`)}
      Link={Link}
      columns={shown.map((column) => ({ ...column, title: f.field(column.key), cell: (row: RowOf<P>) => column.cell(row, f) }))}
      rows={rows}
      keyOf={config.keyOf ?? ((row) => (row as { id: string }).id)}
      hrefOf={config.hrefOf}
      actions={actions ? (row) => actions(row, f) : undefined}
      actionsLabel={t("actions")}
      empty={
        isPage ? (
          <EmptyState icon={<Inbox />} title={isNarrowed ? t("noneSuch") : texts(`${config.name}.empty`)}>
            {isNarrowed ? t("noneSuchHelp") : texts(`${config.name}.emptyHelp`)}
          </EmptyState>
        ) : (
          <p className="p-4 text-sm text-muted">{texts(`${config.name}.empty`)}</p>
        )
      }
    />
  );
}

async function Rows<P extends ListPath>({ config, address, limit }: { config: ListConfig<P>; address: ListAddress; limit: number }) {
  const [page, t] = await Promise.all([load(config, address, limit), adminTexts("list")]);
  const { path } = config;
  const next = page.next_cursor ? writeAddress(path, { ...address, cursor: page.next_cursor }) : null;
  const first = address.cursor ? writeAddress(path, { ...address, cursor: undefined }) : null;
  return (
    <>
      <RowsTable isPage config={config} rows={page.items} chosen={address.columns} isNarrowed={Object.keys(address.values).length > 0} />
      {page.items.length > 0 || first ? (
        <TableFoot
          first={first}
          next={next}
          csv={config.csv ? csvAddress(config, config.csv, address) : null}
          Link={Link}
          note={t("rows", { count: page.items.length })}
          labels={{ pages: t("pages"), first: t("first"), next: t("next"), csv: t("csv") }}
        />
      ) : null}
    </>
  );
}

interface ListViewProps<P extends ListPath> {
  config: ListConfig<P>;
  params: SearchParams;
  /** What of the page's address is not the list's. */
  kept?: Record<string, string>;
}

/** Filters, column choice and rows, without a title. */
export async function ListView<P extends ListPath>({ config, params, kept }: ListViewProps<P>) {
  const [f, t] = await Promise.all([formats(), adminTexts("list")]);
  const filters = config.filters ?? [];
  const { path } = config;
  const address = { ...readAddress(params, filters.map((filter) => filter.name)), kept };
  const columns = config.columns.map((column) => ({ key: column.key, title: f.field(column.key) }));
  const usual = config.columns.filter((column) => !column.isExtra).map((column) => column.key);
  return (
    <>
      <ListBar
        path={path}
        address={address}
        filters={filters.filter(({ kind, name }) => kind !== "id" || address.values[name]).map((filter) => toFilter(filter, f, t("any")))}
        columns={columns}
        shown={address.columns ?? usual}
        labels={{ filters: t("filters"), clear: t("clear"), apply: t("apply"), columns: t("columns") }}
      />
      <Card className="overflow-hidden">
        <Rows config={config} address={address} limit={PAGE} />
      </Card>
    </>
  );
}

/** The first rows of a list inside a page about something else, narrowed to it; more of them are on the list's own page. */
export async function ListPart<P extends ListPath>({ config, only }: { config: ListConfig<P>; only: NonNullable<ListConfig<P>["fixed"]> }) {
  if (!(await staff()).permissions.includes(config.permission)) return null;
  const [page, t] = await Promise.all([load({ ...config, fixed: { ...config.fixed, ...only } }, { values: {} }, PART), adminTexts("list")]);
  const values = Object.fromEntries(Object.entries(only).map(([name, value]) => [name, String(value)]));
  return (
    <>
      <RowsTable config={config} rows={page.items} />
      {page.next_cursor ? (
        <p className="border-t px-4 py-2.5 text-right text-sm">
          <Link href={writeAddress(config.path, { values })} className="rounded-control font-medium text-accent hover:underline">
            {t("all")}
          </Link>
        </p>
      ) : null}
    </>
  );
}

/** What somebody sees whose role does not reach this page. */
export async function NotAllowed() {
  const t = await adminTexts("list");
  return (
    <Alert tone="warn" title={t("notAllowed")}>
      {t("notAllowedHelp")}
    </Alert>
  );
}

interface ListPageProps {
  searchParams: Promise<SearchParams>;
}

/** Makes the page of a list. `Actions` stand beside the title, such as what adds a row. */
export function listPage<P extends ListPath>(config: ListConfig<P>, Actions?: () => ReactNode | Promise<ReactNode>) {
  return async function Page({ searchParams }: ListPageProps) {
    const [me, texts, params] = await Promise.all([staff(), adminTexts("lists"), searchParams]);
    return (
      <>
        <WorkTitle title={texts(`${config.name}.title`)} description={texts(`${config.name}.help`)} actions={Actions ? <Actions /> : null} />
        {me.permissions.includes(config.permission) ? <ListView config={config} params={params} /> : <NotAllowed />}
        {config.isLive ? <AutoRefresh seconds={20} /> : null}
      </>
    );
  };
}

export function listMetadata(config: { name: ListConfig<ListPath>["name"] }) {
  return async (): Promise<Metadata> => ({ title: (await adminTexts("lists"))(`${config.name}.title`) });
}
