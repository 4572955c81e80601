import type { ReactNode } from "react";

import { cn } from "./lib/cn";

/** Names and values of one thing, two columns from a tablet on. */
export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn("grid gap-x-8 gap-y-4 sm:grid-cols-2", className)}>{children}</dl>;
}

export function Fact({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 text-sm font-medium [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

/** A sum: its parts, then a line, then what they come to. */
export function Sum({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn("space-y-2.5 text-sm", className)}>{children}</dl>;
}

export function SumRow({ label, children, strong }: { label: ReactNode; children: ReactNode; strong?: boolean }) {
  return (
    <div className={cn("flex items-baseline justify-between gap-4", strong && "border-t pt-3 text-base font-semibold")}>
      <dt className={cn("min-w-0 [overflow-wrap:anywhere]", !strong && "text-muted")}>{label}</dt>
      <dd className="numeric shrink-0">{children}</dd>
    </div>
  );
}
