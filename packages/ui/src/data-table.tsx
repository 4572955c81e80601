import { ChevronLeft, ChevronRight, Download } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "./button";
import { cn } from "./lib/cn";
import type { LinkComponent } from "./lib/link";
import { Skeleton } from "./page";

export interface Column<R> {
  key: string;
  title: ReactNode;
  cell: (row: R) => ReactNode;
  /** Numbers stand at the end, so that their digits line up. */
  align?: "end";
  /** From which width of the table (not of the window) there is room for it; always shown without. */
  from?: "sm" | "md" | "lg" | "xl";
  /** Takes what is left and cuts its text there; without, a cell is as wide as its longest line. */
  grow?: boolean;
}

const FROM = {
  sm: "hidden @lg:table-cell",
  md: "hidden @2xl:table-cell",
  lg: "hidden @4xl:table-cell",
  xl: "hidden @min-[66rem]:table-cell",
};

function classes<R>(column: Column<R>): string {
  return cn(
    "px-3 first:pl-4 last:pr-4",
    column.align === "end" && "numeric text-right",
    column.from && FROM[column.from],
    column.grow ? "w-full min-w-40 max-w-0" : "whitespace-nowrap",
  );
}

interface DataTableProps<R> {
  /** What the table lists, for those who hear it. */
  caption: string;
  columns: Column<R>[];
  rows: R[];
  keyOf: (row: R) => string;
  /** Where a row leads; the whole row can be clicked then, its first cell is the link. */
  hrefOf?: (row: R) => string | null;
  Link: LinkComponent;
  /** Shown instead of the table when there are no rows. */
  empty: ReactNode;
  /** Buttons at the end of a row; they stay above the row's link. */
  actions?: (row: R) => ReactNode;
  actionsLabel?: string;
}

/** Rows of one kind. It has no state and needs no script; what it shows is decided by the address of its page. */
export function DataTable<R>({ caption, columns, rows, keyOf, hrefOf, Link, empty, actions, actionsLabel }: DataTableProps<R>) {
  if (rows.length === 0) return <>{empty}</>;
  return (
    <div className="@container overflow-x-auto" role="region" aria-label={caption} tabIndex={0}>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b">
            {columns.map((column) => (
              <th key={column.key} scope="col" className={cn("h-9 text-left text-xs font-medium text-muted", classes(column))}>
                {column.title}
              </th>
            ))}
            {actions ? (
              <th scope="col" className="px-3 last:pr-4">
                <span className="sr-only">{actionsLabel}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const href = hrefOf?.(row) ?? null;
            return (
              <tr key={keyOf(row)} className={cn("relative border-b last:border-0", href && "hover:bg-sunken/60")}>
                {columns.map((column, index) => (
                  <td key={column.key} className={cn(classes(column), "h-11 align-middle")}>
                    <div className={cn(column.grow && "truncate")}>
                      {index === 0 && href ? (
                        <Link href={href} className="font-medium after:absolute after:inset-0">
                          {column.cell(row)}
                        </Link>
                      ) : (
                        column.cell(row)
                      )}
                    </div>
                  </td>
                ))}
                {actions ? <td className="relative z-10 whitespace-nowrap px-3 text-right last:pr-4">{actions(row)}</td> : null}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface TableFootProps {
  /** Null where there is nothing before or after. */
  first: string | null;
  next: string | null;
  csv: string | null;
  Link: LinkComponent;
  labels: { pages: string; first: string; next: string; csv: string };
  /** How many rows are shown, in words. */
  note: ReactNode;
}

/** The way through a long list: page after page by its last row, never by number, so that a million rows are as quick as ten. */
export function TableFoot({ first, next, csv, Link, labels, note }: TableFootProps) {
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-2 border-t px-4 py-2 text-sm text-muted">
      <span className="numeric">{note}</span>
      <div className="ml-auto flex items-center gap-1">
        {csv ? (
          <Button asChild variant="ghost" size="sm">
            <a href={csv} download>
              <Download aria-hidden /> {labels.csv}
            </a>
          </Button>
        ) : null}
        <nav aria-label={labels.pages} className="flex gap-1">
          {first ? (
            <Button asChild variant="ghost" size="sm">
              <Link href={first}>
                <ChevronLeft aria-hidden /> {labels.first}
              </Link>
            </Button>
          ) : null}
          {next ? (
            <Button asChild variant="secondary" size="sm">
              <Link href={next}>
                {labels.next} <ChevronRight aria-hidden />
              </Link>
            </Button>
          ) : null}
        </nav>
      </div>
    </div>
  );
}

/** A table that is on its way, as high as the one that comes. */
export function TableSkeleton({ rows = 12, label }: { rows?: number; label: string }) {
  return (
    <div role="status" className="divide-y">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-11 items-center gap-6 px-4">
          <Skeleton className="h-3.5 w-28" />
          <Skeleton className="h-3.5 flex-1" />
          <Skeleton className="hidden h-3.5 w-24 sm:block" />
          <Skeleton className="h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}
