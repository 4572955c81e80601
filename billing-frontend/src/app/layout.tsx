import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";

import { NonceProvider } from "@/features/shell/nonce-provider";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";

import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await texts("shell");
  return { title: { default: t("siteTitle"), template: t("titleTemplate") }, description: t("siteDescription") };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fafbfc" },
    { media: "(prefers-color-scheme: dark)", color: "#0d0e16" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang={await locale()}>
      <body className="min-h-dvh">
        <NonceProvider nonce={nonce}>
          <ClientTexts namespaces={["common", "problems"]}>{children}</ClientTexts>
        </NonceProvider>
      </body>
    </html>
  );
}
