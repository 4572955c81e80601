import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";

import { AccountPage } from "@/features/account/account-page";
import { ThenGo } from "@/features/account/then-go";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";
import { safeNext } from "@/lib/next-path";
import { visitor } from "@/server/api";

type Props = { searchParams: Promise<{ next?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("account"))("loginTitle") };
}

export default async function LogInPage({ searchParams }: Props) {
  const t = await texts("account");
  const next = safeNext((await searchParams).next);
  if (await visitor()) redirect(next);
  const link = "font-medium text-accent hover:underline";
  const query = `?next=${encodeURIComponent(next)}`;
  return (
    <AccountPage
      title={t("loginTitle")}
      lead={t("loginLead")}
      foot={
        <>
          {t("loginOther")}{" "}
          <Link className={link} href={`/register${query}`}>
            {t("loginOtherLink")}
          </Link>
          <br />
          <Link className={link} href="/forgot-password">
            {t("forgot")}
          </Link>
        </>
      }
    >
      <ClientTexts namespaces={["account"]}>
        <ThenGo form="login" next={next} />
      </ClientTexts>
    </AccountPage>
  );
}
