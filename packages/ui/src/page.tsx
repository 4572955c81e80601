import type { ReactNode } from "react";

import { cn } from "./lib/cn";

interface PageHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  /** What is above the title, such as the way back. */
  crumbs?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, description, crumbs, actions }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-4 sm:mb-8">
      <div className="min-w-0">
        {crumbs ? <div className="mb-2 text-sm text-muted">{crumbs}</div> : null}
        <h1 className="text-title font-semibold [overflow-wrap:anywhere]">{title}</h1>
        {description ? <p className="mt-1.5 max-w-prose text-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}

interface EmptyStateProps {
  icon: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** A list with nothing in it says what would be here and how to get there. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <div aria-hidden className="grid size-12 place-items-center rounded-full bg-accent-soft text-accent [&_svg]:size-5">
        {icon}
      </div>
      <p className="font-medium">{title}</p>
      {children ? <p className="max-w-sm text-sm text-muted">{children}</p> : null}
      {action ? <div className="pt-1">{action}</div> : null}
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse rounded-control bg-sunken", className)} />;
}
