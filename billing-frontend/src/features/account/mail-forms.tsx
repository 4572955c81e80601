"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslations } from "use-intl/react";
import { z } from "zod";

import { postAuth } from "@/lib/browser-api";

import { ProblemAlert } from "./problem-alert";

/** Confirms the address as soon as the page runs: mail scanners fetch links, but they do not run pages. */
export function ConfirmAddress({ token, next }: { token: string; next: string }) {
  const t = useTranslations("account");
  const [state, setState] = useState<{ kind: "asking" | "done" } | { kind: "failed"; error: unknown }>({ kind: "asking" });
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    postAuth("verify-email", { token }).then(
      () => setState({ kind: "done" }),
      (error: unknown) => setState({ kind: "failed", error }),
    );
  }, [token]);
  if (state.kind === "failed") return <ProblemAlert error={state.error} title={t("confirmFailed")} />;
  if (state.kind === "asking") return <Alert>{t("confirming")}</Alert>;
  return (
    <div className="space-y-5">
      <Alert tone="good" title={t("confirmed")}>
        {t("confirmedHelp")}
      </Alert>
      <Button asChild className="w-full">
        <Link href={next}>{t("goOn")}</Link>
      </Button>
    </div>
  );
}

const forgotSchema = z.object({ email: z.email() });

export function ForgotForm() {
  const t = useTranslations("account");
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(forgotSchema), defaultValues: { email: "" } });
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    try {
      await postAuth("forgot-password", values);
    } catch (failure) {
      setError(failure);
    }
  });
  if (form.formState.isSubmitSuccessful && !error) {
    return (
      <Alert tone="good" title={t("forgotSent")}>
        {t("forgotSentHelp")}
      </Alert>
    );
  }
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <ProblemAlert error={error} />
      <Field label={t("email")} error={form.formState.errors.email ? t("emailWrong") : undefined}>
        {(control) => <Input {...control} type="email" autoComplete="email" {...form.register("email")} />}
      </Field>
      <Button type="submit" className="w-full" pending={form.formState.isSubmitting}>
        {t("forgotSubmit")}
      </Button>
    </form>
  );
}

const resetSchema = z.object({ new_password: z.string().min(10).max(200) });

export function ResetForm({ token }: { token: string }) {
  const t = useTranslations("account");
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(resetSchema), defaultValues: { new_password: "" } });
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    try {
      await postAuth("reset-password", { ...values, token });
    } catch (failure) {
      setError(failure);
    }
  });
  if (form.formState.isSubmitSuccessful && !error) {
    return (
      <div className="space-y-5">
        <Alert tone="good" title={t("resetDone")} />
        <Button asChild className="w-full">
          <Link href="/login">{t("logIn")}</Link>
        </Button>
      </div>
    );
  }
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <ProblemAlert error={error} />
      <Field label={t("newPassword")} hint={t("passwordHint")} error={form.formState.errors.new_password ? t("passwordWeak") : undefined}>
        {(control) => <Input {...control} type="password" autoComplete="new-password" {...form.register("new_password")} />}
      </Field>
      <Button type="submit" className="w-full" pending={form.formState.isSubmitting}>
        {t("resetSubmit")}
      </Button>
    </form>
  );
}
