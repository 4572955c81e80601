import "server-only";

import Link from "next/link";
import type { ReactNode } from "react";

import { type Formats, NOTHING } from "../formats";

/** One column of a list; its title is the text of its key. */
export interface ColumnConfig<R> {
  key: string;
  cell: (row: R, f: Formats) => ReactNode;
  align?: "end";
  from?: "sm" | "md" | "lg" | "xl";
  grow?: boolean;
  /** Not shown until it is chosen. */
  isExtra?: boolean;
}

type Look = Omit<ColumnConfig<never>, "key" | "cell">;
type With<K extends string> = { [N in K]: unknown };

function isThere(value: unknown): value is string | number {
  return value !== null && value !== undefined && value !== "";
}

export function text<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, cell: (row) => (isThere(row[key]) ? String(row[key]) : NOTHING), ...look };
}

/** Keys, ids and host names. */
export function code<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, cell: (row) => (isThere(row[key]) ? <code className="font-mono text-xs">{String(row[key])}</code> : NOTHING), ...look };
}

export function count<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, align: "end", cell: (row, f) => (isThere(row[key]) ? f.number(Number(row[key])) : NOTHING), ...look };
}

/** An amount in minor units of the row's own currency. */
export function money<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K> & { currency: string }> {
  return { key, align: "end", cell: (row, f) => f.money(Number(row[key]), row.currency), ...look };
}

/** An amount of a row that names no currency, because its list is of one. */
export function moneyIn<K extends string>(currency: string, key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, align: "end", cell: (row, f) => f.money(Number(row[key]), currency), ...look };
}

export function state<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, cell: (row, f) => (isThere(row[key]) ? f.state(String(row[key])) : NOTHING), ...look };
}

/** A code in words. */
export function word<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, cell: (row, f) => (isThere(row[key]) ? f.word(String(row[key])) : NOTHING), ...look };
}

export function yes<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, cell: (row, f) => (row[key] ? f.word("yes") : NOTHING), ...look };
}

export function time<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, align: "end", cell: (row, f) => <span className="text-muted">{f.time(row[key] as string | null)}</span>, ...look };
}

export function day<K extends string>(key: K, look: Look = {}): ColumnConfig<With<K>> {
  return { key, align: "end", cell: (row, f) => <span className="text-muted">{f.day(row[key] as string | null)}</span>, ...look };
}

/** The end of an id: the beginnings of ids made at the same time are alike. */
export function shortId(id: string): string {
  return id.length > 12 ? `…${id.slice(-8)}` : id;
}

export function ThingLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="relative z-10 rounded-control hover:text-accent hover:underline">
      {children}
    </Link>
  );
}

/** The id of another thing, as a link to its page. */
export function idOf<K extends string>(key: K, base: string, look: Look = {}): ColumnConfig<With<K>> {
  const cell = (row: With<K>) => {
    const id = row[key];
    return typeof id === "string" ? (
      <ThingLink href={`${base}/${id}`}>
        <code className="font-mono text-xs">{shortId(id)}</code>
      </ThingLink>
    ) : (
      NOTHING
    );
  };
  return { key, cell, ...look };
}

interface OfCustomer {
  user_id: string;
  customer_name: string;
  customer_email: string;
}

/** Whose it is, by name; the address follows where there is room. */
export function customer(look: Look = {}): ColumnConfig<OfCustomer> {
  const cell = (row: OfCustomer) => (
    <ThingLink href={`/admin/customers/${row.user_id}`}>
      {row.customer_name} <span className="hidden text-muted 2xl:inline">{row.customer_email}</span>
    </ThingLink>
  );
  return { key: "user_id", cell, ...look };
}
