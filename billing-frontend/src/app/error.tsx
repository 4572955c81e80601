"use client";

import { useRouter } from "next/navigation";
import { startTransition } from "react";

import { CATALOGS, DEFAULT_LOCALE, chooseLocale } from "@/i18n/catalog";
import { ProblemPage } from "@/features/shell/problem-page";

type Props = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: Props) {
  const router = useRouter();
  const language = typeof document === "undefined" ? DEFAULT_LOCALE : chooseLocale(document.documentElement.lang);
  const t = (CATALOGS[language] ?? CATALOGS[DEFAULT_LOCALE])?.problems;
  const again = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  if (!t) return null;
  return <ProblemPage title={t.pageTitle} text={t.pageText} again={t.again} reference={error.digest} onAgain={again} />;
}
