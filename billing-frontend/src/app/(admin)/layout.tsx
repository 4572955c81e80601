import type { Metadata } from "next";
import type { ReactNode } from "react";

import { Frame } from "@/features/admin/frame/frame";
import { placesFor } from "@/features/admin/frame/places";
import { formats } from "@/features/admin/formats";
import { staff } from "@/features/admin/staff";
import { adminTexts } from "@/features/admin/texts";
import { LogOut } from "@/features/shell/log-out";
import { Logo } from "@/features/shell/logo";
import { SandboxNote } from "@/features/shell/sandbox-note";
import { ClientTexts } from "@/i18n/client-texts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await adminTexts("frame");
  return { title: { default: t("title"), template: t("titleTemplate") }, robots: { index: false } };
}

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const me = await staff();
  const [t, palette, f, groups] = await Promise.all([adminTexts("frame"), adminTexts("palette"), formats(), placesFor(me.permissions)]);
  return (
    <ClientTexts namespaces={["shell"]}>
      <Frame
        groups={groups}
        brand={<Logo href="/admin" label={t("home")} />}
        banner={<SandboxNote />}
        foot={
          <>
            <p className="truncate px-2.5 text-sm font-medium">{me.full_name}</p>
            <p className="mb-1 truncate px-2.5 text-xs text-muted">{f.word(me.role)}</p>
            <LogOut />
          </>
        }
        labels={{ nav: t("nav"), skip: t("skip"), open: t("open"), close: t("close"), search: t("search") }}
        palette={{
          title: palette("title"),
          placeholder: palette("placeholder"),
          results: palette("results"),
          help: palette("help"),
          nothing: palette("nothing"),
          failed: palette("failed"),
          kinds: {
            customer: palette("kinds.customer"),
            order: palette("kinds.order"),
            license: palette("kinds.license"),
            domain: palette("kinds.domain"),
            invoice: palette("kinds.invoice"),
          },
        }}
      >
        {children}
      </Frame>
    </ClientTexts>
  );
}
