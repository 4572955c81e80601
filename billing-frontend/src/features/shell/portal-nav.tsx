"use client";

import { cn } from "@nextpanel/ui/lib/cn";
import { Globe, Home, KeyRound, Receipt, type LucideIcon, Store, UserRound } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl/react";

interface Place {
  path: string;
  key: "dashboard" | "licenses" | "domains" | "billing" | "profile" | "shop";
  icon: LucideIcon;
  /** Further addresses that belong to the place. */
  also?: string[];
}

const PLACES: Place[] = [
  { path: "/dashboard", key: "dashboard", icon: Home },
  { path: "/licenses", key: "licenses", icon: KeyRound },
  { path: "/domains", key: "domains", icon: Globe },
  { path: "/invoices", key: "billing", icon: Receipt, also: ["/payments", "/credit", "/upcoming", "/payment-methods"] },
  { path: "/profile", key: "profile", icon: UserRound },
  { path: "/plans", key: "shop", icon: Store },
];

/** The places of the portal: a column on a desk, a row to swipe on a phone. */
export function PortalNav() {
  const t = useTranslations("shell");
  const current = usePathname();
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    row.current?.querySelector("[aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [current]);
  return (
    <nav ref={row} aria-label={t("portalNav")} className="-mx-4 overflow-x-auto px-4 lg:mx-0 lg:px-0">
      <ul className="flex gap-1 lg:flex-col">
        {PLACES.map(({ path, key, icon: Icon, also = [] }) => {
          const isHere = [path, ...also].some((each) => current === each || current.startsWith(`${each}/`));
          return (
            <li key={path}>
              <Link
                href={path}
                aria-current={isHere ? "page" : undefined}
                className={cn(
                  "flex items-center gap-2.5 whitespace-nowrap rounded-control px-3 py-2 text-sm font-medium transition-colors",
                  isHere ? "bg-accent-soft text-accent" : "text-muted hover:bg-sunken hover:text-ink",
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {t(key)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
