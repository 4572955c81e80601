import { cn } from "@nextpanel/ui/lib/cn";
import Link from "next/link";

import { texts } from "@/i18n/server";

const TABS = [
  { path: "/invoices", key: "invoices" },
  { path: "/payments", key: "payments" },
  { path: "/credit", key: "credit" },
  { path: "/upcoming", key: "upcoming" },
  { path: "/payment-methods", key: "cards" },
] as const;

/** The places about money, side by side above each of them. */
export async function BillingTabs({ current }: { current: (typeof TABS)[number]["key"] }) {
  const t = await texts("shell");
  return (
    <nav aria-label={t("billing")} className="-mx-4 mb-6 overflow-x-auto border-b px-4 sm:mx-0 sm:px-0">
      <ul className="flex gap-6">
        {TABS.map(({ path, key }) => (
          <li key={key}>
            <Link
              href={path}
              aria-current={key === current ? "page" : undefined}
              className={cn(
                "-mb-px block whitespace-nowrap border-b-2 py-2.5 text-sm font-medium transition-colors",
                key === current ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
              )}
            >
              {t(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
