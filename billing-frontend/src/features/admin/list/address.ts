/** What the address of a list says. */
export interface ListAddress {
  cursor?: string;
  /** Keys of the chosen columns; without, the usual ones. */
  columns?: string[];
  /** Filters by name; empty ones are not there. */
  values: Record<string, string>;
  /** What belongs to the page and stays whatever is chosen, such as a report's currency. */
  kept?: Record<string, string>;
}

export type SearchParams = Record<string, string | string[] | undefined>;

const COLUMNS = "columns";
const CURSOR = "cursor";

function first(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text?.trim() ? text.trim() : undefined;
}

/** Reads the address; names that are no filter of the list are left out. */
export function readAddress(params: SearchParams, names: readonly string[]): ListAddress {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = first(params[name]);
    if (value) values[name] = value;
  }
  return { cursor: first(params[CURSOR]), columns: first(params[COLUMNS])?.split(","), values };
}

/** The address of a list; the same state has the same address. */
export function writeAddress(path: string, { cursor, columns, values, kept }: ListAddress): string {
  const query = new URLSearchParams({ ...kept, ...values });
  if (columns) query.set(COLUMNS, columns.join(","));
  if (cursor) query.set(CURSOR, cursor);
  return query.size > 0 ? `${path}?${query}` : path;
}
