import type { ReactNode } from "react";

import { Bell } from "@/features/notifications/bell";
import { LogOut } from "@/features/shell/log-out";
import { Logo } from "@/features/shell/logo";
import { PortalNav } from "@/features/shell/portal-nav";
import { SandboxNote } from "@/features/shell/sandbox-note";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";
import { visitor } from "@/server/api";

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const [t, me] = await Promise.all([texts("shell"), visitor()]);
  return (
    <ClientTexts namespaces={["shell"]}>
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        {t("skip")}
      </a>
      <SandboxNote />
      <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] lg:grid-cols-[15rem_minmax(0,1fr)]">
        <header className="flex flex-col gap-6 border-b px-4 py-4 lg:sticky lg:top-0 lg:h-dvh lg:overflow-y-auto lg:border-b-0 lg:border-r lg:px-5 lg:py-6">
          <div className="flex items-center justify-between">
            <Logo label={t("home")} />
            <div className="flex items-center">
              <Bell />
              <div className="lg:hidden">
                <LogOut />
              </div>
            </div>
          </div>
          <PortalNav />
          <div className="mt-auto hidden border-t pt-4 lg:block">
            <p className="truncate px-3 text-sm font-medium">
              <bdi>{me?.full_name}</bdi>
            </p>
            <p className="mb-2 truncate px-3 text-xs text-muted">{me?.email}</p>
            <LogOut />
          </div>
        </header>
        <main id="content" className="min-w-0 px-4 py-8 sm:px-8 lg:py-10">
          {children}
        </main>
      </div>
    </ClientTexts>
  );
}
