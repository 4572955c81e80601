import { cn } from "@nextpanel/ui/lib/cn";
import Link from "next/link";

import type { Interval } from "@/features/cart/model";
import { texts } from "@/i18n/server";

/** Monthly or yearly, as two links, so that the address says which and no script is needed. */
export async function IntervalSwitch({ current, path }: { current: Interval; path: string }) {
  const t = await texts("plans");
  return (
    <nav aria-label={t("interval")} className="inline-flex rounded-full border bg-sunken p-1 text-sm">
      {(["month", "year"] as const).map((each) => (
        <Link
          key={each}
          href={`${path}?interval=${each}`}
          scroll={false}
          aria-current={each === current ? "true" : undefined}
          className={cn(
            "rounded-full px-4 py-1.5 font-medium transition-colors",
            each === current ? "bg-surface text-ink shadow-card" : "text-muted hover:text-ink",
          )}
        >
          {t(each)}
          {each === "year" ? <span className="ml-1.5 text-xs text-good">{t("twoMonthsFree")}</span> : null}
        </Link>
      ))}
    </nav>
  );
}
