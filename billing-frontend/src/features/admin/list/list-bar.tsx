"use client";

import { ColumnChoice, type Filter, FilterBar } from "@nextpanel/ui/filter-bar";
import { useRouter } from "next/navigation";

import { type ListAddress, writeAddress } from "./address";

interface ListBarProps {
  path: string;
  address: ListAddress;
  filters: Filter[];
  /** Without, there is nothing to choose. */
  columns?: { key: string; title: string }[];
  shown?: string[];
  labels: { filters: string; clear: string; apply: string; columns: string };
}

/** Above a list: what it shows and which columns. Every choice is a new address, from the first page on. */
export function ListBar({ path, address, filters, columns, shown = [], labels }: ListBarProps) {
  const router = useRouter();
  const go = (change: Partial<ListAddress>) => router.push(writeAddress(path, { ...address, cursor: undefined, ...change }));
  return (
    <FilterBar
      filters={filters}
      values={address.values}
      action={path}
      kept={{ ...address.kept, ...(address.columns ? { columns: address.columns.join(",") } : {}) }}
      onApply={(chosen) => go({ values: Object.fromEntries(filters.map(({ name }) => [name, chosen[name] ?? ""]).filter(([, value]) => value)) })}
      labels={labels}
    >
      {columns ? <ColumnChoice columns={columns} shown={shown} label={labels.columns} onApply={(keys) => go({ columns: keys })} /> : null}
    </FilterBar>
  );
}
