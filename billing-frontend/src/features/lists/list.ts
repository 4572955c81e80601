import "server-only";

import type { Column as TableColumn } from "@nextpanel/ui/data-table";

import type { api } from "@/server/api";

export type Client = Awaited<ReturnType<typeof api>>;

/** One column: how the table shows it, and in `plain` how a CSV file holds it. */
export interface Column<Row> extends TableColumn<Row> {
  title: string;
  plain: (row: Row) => string | number;
  /** There whatever is chosen. */
  fixed?: true;
  /** Shown only when chosen. */
  extra?: true;
}

export interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
}

export interface Query {
  limit: number;
  cursor?: string;
  status?: string;
}

/** A keyset-paginated list of the portal: where it is, what narrows it, how it is read and what its columns are. */
export interface List<Row> {
  name: string;
  path: string;
  /** The states it can be narrowed to, in the order they are offered. */
  states: readonly string[];
  load: (client: Client, query: Query) => Promise<Page<Row>>;
  columns: () => Promise<Column<Row>[]>;
  /** Where a row leads, if it leads anywhere. */
  hrefOf?: (row: Row) => string;
}

/** The chosen columns out of the address, in their own order; without a choice those that are not extra. */
export function chosenColumns<Row>(all: Column<Row>[], wanted: string | undefined): Column<Row>[] {
  if (wanted === undefined) return all.filter((each) => !each.extra);
  const names = new Set(wanted.split(","));
  return all.filter((each) => each.fixed || names.has(each.key));
}
