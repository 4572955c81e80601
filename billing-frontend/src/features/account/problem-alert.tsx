"use client";

import { Alert } from "@nextpanel/ui/alert";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemError } from "@/lib/problem";

type Translator = ReturnType<typeof useTranslations<"problems">>;

interface ProblemAlertProps {
  error: unknown;
  title?: string;
  /** Buttons that mend it. */
  actions?: ReactNode;
}

/** What went wrong in words, what to do, and the code for whoever helps. Nothing without an error. */
export function ProblemAlert({ error, title, actions }: ProblemAlertProps) {
  const t = useTranslations("problems");
  if (!error) return null;
  const problem = error instanceof ProblemError ? error.problem : null;
  const code = problem?.code as Parameters<Translator["has"]>[0] | undefined;
  return (
    <Alert tone="bad" title={title} actions={actions}>
      {code && t.has(code) ? t(code) : problem?.detail || t("unknown")}
      {problem && problem.code !== "offline" ? <code className="mt-1 block text-xs text-muted">{problem.code}</code> : null}
    </Alert>
  );
}
