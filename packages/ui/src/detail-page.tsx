import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

import { Card } from "./card";
import { cn } from "./lib/cn";
import type { LinkComponent } from "./lib/link";

interface TitleProps {
  title: ReactNode;
  description?: ReactNode;
  /** The state, beside the title. */
  badge?: ReactNode;
  actions?: ReactNode;
}

/** The title of a page people work on: smaller than one they read. */
export function WorkTitle({ title, description, badge, actions }: TitleProps) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-xl font-semibold tracking-tight [overflow-wrap:anywhere]">{title}</h1>
          {badge}
        </div>
        {description ? <p className="mt-1 max-w-prose text-sm text-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-start gap-2">{actions}</div> : null}
    </header>
  );
}

interface DetailPageProps extends TitleProps {
  /** The list this comes from. */
  back: { href: string; label: string };
  backLabel: string;
  Link: LinkComponent;
  /** Short names and values, beside the sections on a desk and after them on a phone. */
  aside?: ReactNode;
  children?: ReactNode;
}

/** One thing and everything about it. */
export function DetailPage({ back, backLabel, Link, aside, children, ...title }: DetailPageProps) {
  return (
    <>
      <nav aria-label={backLabel} className="mb-2 flex items-center gap-1 text-sm text-muted">
        <Link href={back.href} className="rounded-control hover:text-ink">
          {back.label}
        </Link>
        <ChevronRight aria-hidden className="size-3.5" />
      </nav>
      <WorkTitle {...title} />
      <div className={cn("grid grid-cols-[minmax(0,1fr)] items-start gap-6", aside && "xl:grid-cols-[minmax(0,1fr)_20rem]")}>
        <div className="min-w-0 space-y-6">{children}</div>
        {aside ? <div className="space-y-6">{aside}</div> : null}
      </div>
    </>
  );
}

interface SectionProps {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Without, what is inside reaches the edges, as tables do. */
  padded?: boolean;
}

export function Section({ title, actions, children, padded }: SectionProps) {
  return (
    <Card className="overflow-hidden">
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-3 border-b px-4 py-2">
        <h2 className="text-sm font-semibold">{title}</h2>
        {actions}
      </header>
      <div className={cn(padded && "p-4")}>{children}</div>
    </Card>
  );
}

/** Names and values under one another, for a narrow column. */
export function FactList({ facts }: { facts: { label: ReactNode; value: ReactNode }[] }) {
  return (
    <dl className="divide-y text-sm">
      {facts.map((fact, index) => (
        <div key={index} className="grid grid-cols-[7.5rem_minmax(0,1fr)] items-baseline gap-3 px-4 py-2.5">
          <dt className="text-muted">{fact.label}</dt>
          <dd className="min-w-0 font-medium [overflow-wrap:anywhere]">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Views of the same thing, each with an address of its own. */
export function TabLinks({ tabs, current, label, Link }: { tabs: { href: string; label: ReactNode; key: string }[]; current: string; label: string; Link: LinkComponent }) {
  return (
    <nav aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b">
      {tabs.map((tab) => (
        <Link
          key={tab.key}
          href={tab.href}
          aria-current={tab.key === current ? "page" : undefined}
          className={cn(
            "-mb-px whitespace-nowrap border-b-2 px-3 py-2 text-sm font-medium transition-colors",
            tab.key === current ? "border-accent text-accent" : "border-transparent text-muted hover:text-ink",
          )}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
