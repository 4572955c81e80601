import "server-only";

import type { ReactNode } from "react";

import type { paths } from "@/lib/billing-api";

import type { Formats } from "../formats";
import type { Permission } from "../staff";
import type { AdminMessages } from "../texts";
import type { ColumnConfig } from "./columns";

interface PageAnswer {
  get: { responses: { 200: { content: { "application/json": { items: unknown[] } } } } };
}

/** Every path of the API that answers with rows. */
export type ListPath = { [P in keyof paths]: paths[P] extends PageAnswer ? P : never }[keyof paths];

export type RowOf<P extends ListPath> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": { items: (infer R)[] } } } } };
}
  ? R
  : never;

type QueryOf<P extends ListPath> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? Exclude<Q, undefined> : never;
type NameOf<P extends ListPath> = Exclude<keyof QueryOf<P> & string, "cursor" | "limit">;

export type FilterConfig<P extends ListPath> = {
  [N in NameOf<P>]:
    | { kind: "select"; name: N; values: readonly (NonNullable<QueryOf<P>[N]> & (string | boolean))[] }
    | { kind: "search" | "text" | "date" | "day"; name: N }
    // Set by links from other pages only, and shown once it is.
    | { kind: "id"; name: N };
}[NameOf<P>];

export type ListName = keyof AdminMessages["lists"];

/** All that makes a list page: where its rows come from, how they can be narrowed, what is shown of each. */
export interface ListConfig<P extends ListPath> {
  name: ListName;
  api: P;
  permission: Permission;
  /** The path of the page, without its own parameters. */
  path: string;
  filters?: readonly FilterConfig<P>[];
  columns: readonly ColumnConfig<RowOf<P>>[];
  keyOf?: (row: RowOf<P>) => string;
  hrefOf?: (row: RowOf<P>) => string | null;
  actions?: (row: RowOf<P>, f: Formats) => ReactNode;
  /** Query parameters the page itself sets, and those the API cannot do without. */
  fixed?: Partial<QueryOf<P>>;
  /** Values for the parts of the API's path in braces. */
  at?: Record<string, string>;
  /** The API's path of the same rows as a file. */
  csv?: `${P}.csv` & keyof paths;
  /** The rows change by themselves: asked again while somebody looks. */
  isLive?: boolean;
}

/** Says what a list is, with everything checked against the API's contract. */
export function defineList<const P extends ListPath>(config: ListConfig<P>): ListConfig<P> {
  return config;
}
