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
  return { title: (await texts("account"))("registerTitle") };
}

export default async function RegisterPage({ searchParams }: Props) {
  const t = await texts("account");
  const next = safeNext((await searchParams).next);
  if (await visitor()) redirect(next);
  const link = "font-medium text-accent hover:underline";
  const query = `?next=${encodeURIComponent(next)}`;
  return (
    <AccountPage
      title={t("registerTitle")}
      lead={t("registerLead")}
      foot={
        <>
          {t("registerOther")}{" "}
          <Link className={link} href={`/login${query}`}>
            {t("registerOtherLink")}
          </Link>
        </>
      }
    >
      <ClientTexts namespaces={["account"]}>
        <ThenGo form="register" next={next} />
      </ClientTexts>
    </AccountPage>
  );
}
