"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl/react";
import { z } from "zod";

import { postAuth } from "@/lib/browser-api";

import { ProblemAlert } from "./problem-alert";

interface FormProps {
  onDone: () => void;
}

const logInSchema = z.object({ email: z.email(), password: z.string().min(1) });

export function LogInForm({ onDone, email = "" }: FormProps & { email?: string }) {
  const t = useTranslations("account");
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(logInSchema), defaultValues: { email, password: "" } });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    try {
      await postAuth("login", values);
    } catch (failure) {
      setError(failure);
      form.reset(values);
      return;
    }
    onDone();
  });
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <ProblemAlert error={error} title={t("logInFailed")} />
      <Field label={t("email")} error={errors.email ? t("emailWrong") : undefined}>
        {(control) => <Input {...control} type="email" autoComplete="email" {...form.register("email")} />}
      </Field>
      <Field label={t("password")} error={errors.password ? t("passwordMissing") : undefined}>
        {(control) => <Input {...control} type="password" autoComplete="current-password" {...form.register("password")} />}
      </Field>
      <Button type="submit" className="w-full" pending={isSubmitting || (isSubmitSuccessful && !error)}>
        {t("logIn")}
      </Button>
    </form>
  );
}

const registerSchema = z.object({
  full_name: z.string().trim().min(1).max(200),
  email: z.email(),
  password: z
    .string()
    .min(10)
    .max(200)
    .refine((word) => new Set(word).size >= 5),
});

/** Makes an account and logs in with it; an address that has one already ends in the log-in's own answer. */
export function RegisterForm({ onDone }: FormProps) {
  const t = useTranslations("account");
  const locale = useLocale();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(registerSchema), defaultValues: { full_name: "", email: "", password: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    try {
      await postAuth("register", { ...values, locale });
      await postAuth("login", { email: values.email, password: values.password });
    } catch (failure) {
      setError(failure);
      return;
    }
    onDone();
  });
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <ProblemAlert error={error} title={t("registerFailed")} />
      <Field label={t("fullName")} error={errors.full_name ? t("fullNameMissing") : undefined}>
        {(control) => <Input {...control} autoComplete="name" {...form.register("full_name")} />}
      </Field>
      <Field label={t("email")} error={errors.email ? t("emailWrong") : undefined}>
        {(control) => <Input {...control} type="email" autoComplete="email" {...form.register("email")} />}
      </Field>
      <Field label={t("newPassword")} hint={t("passwordHint")} error={errors.password ? t("passwordWeak") : undefined}>
        {(control) => <Input {...control} type="password" autoComplete="new-password" {...form.register("password")} />}
      </Field>
      <Button type="submit" className="w-full" pending={isSubmitting}>
        {t("register")}
      </Button>
    </form>
  );
}
