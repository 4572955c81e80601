import { Button } from "@nextpanel/ui/button";
import { ShoppingCart } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { readCart } from "@/features/cart/cookie";
import { countItems } from "@/features/cart/model";
import { Logo } from "@/features/shell/logo";
import { SandboxNote } from "@/features/shell/sandbox-note";
import { LanguageSwitch } from "@/i18n/language-switch";
import { texts } from "@/i18n/server";
import { visitor } from "@/server/api";

export default async function ShopLayout({ children }: { children: ReactNode }) {
  const [t, cart, me] = await Promise.all([texts("shell"), readCart(), visitor()]);
  const count = countItems(cart);
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        {t("skip")}
      </a>
      <SandboxNote />
      <header className="sticky top-0 z-30 border-b bg-canvas/85 backdrop-blur-md">
        <div className="mx-auto flex h-16 max-w-6xl items-center gap-1 px-4 sm:gap-2 sm:px-6">
          <Logo label={t("home")} />
          <nav aria-label={t("shopNav")} className="ml-auto flex items-center sm:gap-1">
            <Button asChild variant="ghost" size="sm" className="max-sm:px-2">
              <Link href="/plans">{t("plans")}</Link>
            </Button>
            <Button asChild variant="ghost" size="sm" className="max-sm:hidden">
              <Link href="/search">{t("domains")}</Link>
            </Button>
            <Button asChild variant="ghost" size="sm" className="max-sm:px-2">
              <Link href={me ? "/dashboard" : "/login"}>{me ? t("portal") : t("login")}</Link>
            </Button>
            <Button asChild variant="secondary" size="sm" className="max-sm:ml-1">
              <Link href="/cart" aria-label={t("cartOf", { count })}>
                <ShoppingCart aria-hidden />
                <span className="numeric">{count}</span>
              </Link>
            </Button>
          </nav>
        </div>
      </header>
      <main id="content" className="flex-1">
        {children}
      </main>
      <footer className="mt-24 border-t">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-4 px-4 py-8 text-sm text-muted sm:px-6">
          <p>{t("footer")}</p>
          <LanguageSwitch className="-mx-2" />
          <nav aria-label={t("footerNav")} className="flex gap-5">
            <Link className="hover:text-ink" href="/plans">
              {t("plans")}
            </Link>
            <Link className="hover:text-ink" href="/search">
              {t("domains")}
            </Link>
            <Link className="hover:text-ink" href="/dashboard">
              {t("portal")}
            </Link>
          </nav>
        </div>
      </footer>
    </div>
  );
}
