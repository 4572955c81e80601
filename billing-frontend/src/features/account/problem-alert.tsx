"use client";

import { Alert } from "@nextpanel/ui/alert";
import { useTranslations } from "use-intl/react";

import { ProblemError } from "@/lib/problem";

const KNOWN = [
  "offline",
  "service_unavailable",
  "invalid_credentials",
  "rate_limited",
  "email_not_verified",
  "email_token_invalid",
  "current_password_wrong",
  "coupon_invalid",
  "domain_not_available",
  "registrar_unavailable",
  "cross_site",
] as const;

/** What went wrong in words, what to do, and the code for whoever helps. Nothing without an error. */
export function ProblemAlert({ error, title }: { error: unknown; title?: string }) {
  const t = useTranslations("problems");
  if (!error) return null;
  const problem = error instanceof ProblemError ? error.problem : null;
  const known = KNOWN.find((code) => code === problem?.code);
  return (
    <Alert tone="bad" title={title}>
      {known ? t(known) : problem?.detail || t("unknown")}
      {problem && problem.code !== "offline" ? <code className="mt-1 block text-xs text-muted">{problem.code}</code> : null}
    </Alert>
  );
}
