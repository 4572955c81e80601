import { ArrowDownRight, ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";

import { Card } from "./card";
import { cn } from "./lib/cn";
import type { LinkComponent } from "./lib/link";

interface StatProps {
  label: ReactNode;
  value: ReactNode;
  /** What it is compared with, or what it is made of. */
  note?: ReactNode;
  /** Whether it went up or down, and whether that is good. */
  change?: { text: string; isUp: boolean; isGood: boolean };
  /** The rows it is the sum of. */
  href: string;
  Link: LinkComponent;
}

/** One figure, which leads to the rows behind it. */
export function Stat({ label, value, note, change, href, Link }: StatProps) {
  const Arrow = change?.isUp ? ArrowUpRight : ArrowDownRight;
  return (
    <Card className="relative p-4 transition-colors hover:border-line-strong">
      <Link href={href} className="text-sm font-medium text-muted after:absolute after:inset-0 after:rounded-card">
        {label}
      </Link>
      <p className="numeric mt-1.5 text-xl font-semibold tracking-tight">{value}</p>
      <p className="mt-1 flex min-h-5 flex-wrap items-center gap-x-2 text-xs text-muted">
        {change ? (
          <span className={cn("numeric inline-flex items-center gap-0.5 font-medium", change.isGood ? "text-good" : "text-bad")}>
            <Arrow aria-hidden className="size-3.5" />
            {change.text}
          </span>
        ) : null}
        {note}
      </p>
    </Card>
  );
}
