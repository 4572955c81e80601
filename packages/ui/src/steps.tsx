import { Check, CircleAlert, LoaderCircle, Undo2 } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./lib/cn";

export type StepState = "done" | "active" | "ahead" | "trouble" | "undone";

const MARKS: Record<StepState, ReactNode> = {
  done: <Check className="size-3.5" />,
  active: <LoaderCircle className="size-3.5 animate-spin" />,
  ahead: <span className="size-1.5 rounded-full bg-current" />,
  trouble: <CircleAlert className="size-3.5" />,
  undone: <Undo2 className="size-3.5" />,
};

const COLORS: Record<StepState, string> = {
  done: "bg-good-soft text-good",
  active: "bg-accent-soft text-accent",
  ahead: "bg-sunken text-muted",
  trouble: "bg-warn-soft text-warn",
  undone: "bg-sunken text-muted",
};

export function Steps({ children, label }: { children: ReactNode; label: string }) {
  return (
    <ol aria-label={label} className="relative space-y-6">
      {children}
    </ol>
  );
}

interface StepProps {
  state: StepState;
  title: ReactNode;
  children?: ReactNode;
  /** The state in words, for those who do not see the mark. */
  stateText: string;
}

export function Step({ state, title, children, stateText }: StepProps) {
  return (
    <li className="group relative flex gap-4" data-state={state}>
      <span aria-hidden className="absolute left-3.5 top-8 h-[calc(100%-0.5rem)] w-px bg-line group-last:hidden" />
      <span aria-hidden className={cn("grid size-7 shrink-0 place-items-center rounded-full transition-colors", COLORS[state])}>
        {MARKS[state]}
      </span>
      <div className="min-w-0 pt-0.5">
        <p className={cn("text-sm font-medium", state === "ahead" && "text-muted")}>
          {title} <span className="sr-only">({stateText})</span>
        </p>
        {children ? <p className="mt-0.5 text-sm text-muted [overflow-wrap:anywhere]">{children}</p> : null}
      </div>
    </li>
  );
}
