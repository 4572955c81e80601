/** What the address says about a list. */
export interface ListParams {
  cursor?: string;
  status?: string;
  columns?: string;
}

/** The address of a list with its filter and columns kept; `change` replaces some of it, undefined takes it out. */
export function listHref(path: string, params: ListParams, change: ListParams = {}): string {
  const { cursor, status, columns } = { ...params, ...change };
  const search = new URLSearchParams();
  if (status) search.set("status", status);
  if (columns !== undefined) search.set("columns", columns);
  if (cursor) search.set("cursor", cursor);
  const query = search.toString().replaceAll("%2C", ",");
  return query ? `${path}?${query}` : path;
}
