import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./lib/cn";

const LOOKS = {
  info: { icon: Info, classes: "border-line bg-sunken text-ink", tint: "text-muted" },
  good: { icon: CircleCheck, classes: "border-good/25 bg-good-soft text-ink", tint: "text-good" },
  warn: { icon: TriangleAlert, classes: "border-warn/25 bg-warn-soft text-ink", tint: "text-warn" },
  bad: { icon: CircleAlert, classes: "border-bad/25 bg-bad-soft text-ink", tint: "text-bad" },
} as const;

interface AlertProps {
  tone?: keyof typeof LOOKS;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons that mend what the text speaks of. */
  actions?: ReactNode;
  className?: string;
}

/** What happened and what to do. Problems are announced at once, everything else when there is a pause. */
export function Alert({ tone = "info", title, children, actions, className }: AlertProps) {
  const { icon: Icon, classes, tint } = LOOKS[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cn("flex animate-rise gap-3 rounded-card border p-4 text-sm", classes, className)}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", tint)} />
      <div className="min-w-0 flex-1 space-y-1">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="text-ink/85">{children}</div> : null}
        {actions ? <div className="flex flex-wrap gap-2 pt-2">{actions}</div> : null}
      </div>
    </div>
  );
}
