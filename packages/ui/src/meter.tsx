"use client";

import { Progress } from "radix-ui";

import { cn } from "./lib/cn";

interface MeterProps {
  label: string;
  used: number;
  /** null: no limit, and the bar stays empty. */
  maximum: number | null;
  /** What stands at the right, such as "3 of 5". */
  text: string;
}

/** How much of a quota is used; it turns to warning at four fifths and to danger when full. */
export function Meter({ label, used, maximum, text }: MeterProps) {
  const share = maximum === null || maximum === 0 ? 0 : Math.min(1, used / maximum);
  const tone = share >= 1 ? "bg-bad" : share >= 0.8 ? "bg-warn" : "bg-accent";
  return (
    <div>
      <div className="flex items-baseline justify-between gap-4 text-sm">
        <span className="font-medium">{label}</span>
        <span className="numeric text-muted">{text}</span>
      </div>
      <Progress.Root
        value={Math.round(share * 100)}
        aria-label={label}
        getValueLabel={() => text}
        className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <Progress.Indicator className={cn("block h-full rounded-full transition-[width]", tone)} style={{ width: `${share * 100}%` }} />
      </Progress.Root>
    </div>
  );
}
