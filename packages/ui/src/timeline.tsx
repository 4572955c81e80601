import type { ReactNode } from "react";

import type { Tone } from "./badge";
import { cn } from "./lib/cn";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

/** What happened, the newest first. */
export function Timeline({ children, label }: { children: ReactNode; label: string }) {
  return (
    <ol aria-label={label} className="relative px-4 py-4">
      {children}
    </ol>
  );
}

interface TimelineEntryProps {
  icon: ReactNode;
  tone?: Tone;
  title: ReactNode;
  time: ReactNode;
  children?: ReactNode;
}

export function TimelineEntry({ icon, tone = "neutral", title, time, children }: TimelineEntryProps) {
  return (
    <li className="group relative flex gap-3 pb-5 last:pb-0">
      <span aria-hidden className="absolute left-3 top-7 h-[calc(100%-1.75rem)] w-px bg-line group-last:hidden" />
      <span aria-hidden className={cn("grid size-6 shrink-0 place-items-center rounded-full [&_svg]:size-3.5", TONES[tone])}>
        {icon}
      </span>
      <div className="min-w-0 flex-1 pt-0.5 text-sm">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <p className="min-w-0 font-medium [overflow-wrap:anywhere]">{title}</p>
          <span className="numeric shrink-0 text-xs text-muted">{time}</span>
        </div>
        {children ? <div className="mt-0.5 text-muted [overflow-wrap:anywhere]">{children}</div> : null}
      </div>
    </li>
  );
}
