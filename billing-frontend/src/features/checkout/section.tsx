import { cn } from "@nextpanel/ui/lib/cn";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

interface SectionProps {
  number: number;
  title: string;
  state: "ahead" | "open" | "done";
  /** What was decided, in one line, once it is done. */
  summary?: ReactNode;
  children?: ReactNode;
}

/** One part of the checkout: ahead it is a line, open it is a form, done it is a line again. */
export function Section({ number, title, state, summary, children }: SectionProps) {
  return (
    <section aria-label={title} className={cn("rounded-card border bg-surface px-5 py-5 shadow-card sm:px-6", state === "ahead" && "bg-transparent shadow-none")}>
      <div className="flex items-center gap-3">
        <span
          aria-hidden
          className={cn(
            "numeric grid size-7 shrink-0 place-items-center rounded-full text-sm font-medium",
            state === "done" ? "bg-good-soft text-good" : state === "open" ? "bg-accent text-on-accent" : "bg-sunken text-muted",
          )}
        >
          {state === "done" ? <Check className="size-4" /> : number}
        </span>
        <h2 className={cn("font-semibold tracking-tight", state === "ahead" && "text-muted")}>{title}</h2>
        {summary ? <div className="ml-auto min-w-0 truncate text-sm text-muted">{summary}</div> : null}
      </div>
      {state === "open" ? <div className="mt-5 animate-rise">{children}</div> : null}
    </section>
  );
}
