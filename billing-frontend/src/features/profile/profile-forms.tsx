"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Input, Select } from "@nextpanel/ui/input";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl/react";
import { z } from "zod";

import { ProblemAlert } from "@/features/account/problem-alert";
import { browserApi, done } from "@/lib/browser-api";
import { countries } from "@/lib/countries";

const detailsSchema = z.object({
  full_name: z.string().trim().min(1).max(200),
  company_name: z.string().trim().max(200),
  vat_number: z.string().trim().max(40),
  address_line1: z.string().trim().max(200),
  address_line2: z.string().trim().max(200),
  postal_code: z.string().trim().max(20),
  city: z.string().trim().max(100),
  region: z.string().trim().max(100),
  country: z.string(),
});

export type Details = z.infer<typeof detailsSchema>;

/** Name, company, address and VAT number as they stand on invoices. */
export function DetailsForm({ initial }: { initial: Details }) {
  const t = useTranslations("profile");
  const locale = useLocale();
  const router = useRouter();
  const choices = useMemo(() => countries(locale), [locale]);
  const [state, setState] = useState<{ saved: boolean; error: unknown }>({ saved: false, error: null });
  const form = useForm({ resolver: zodResolver(detailsSchema), defaultValues: initial });
  const submit = form.handleSubmit(async ({ full_name, ...rest }) => {
    setState({ saved: false, error: null });
    const address = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value || null]));
    try {
      await done(browserApi.PATCH("/api/v1/me", { body: { full_name } }));
      await done(browserApi.PUT("/api/v1/me/billing-details", { body: address }));
      setState({ saved: true, error: null });
      router.refresh();
    } catch (error) {
      setState({ saved: false, error });
    }
  });
  const text = (name: Exclude<keyof Details, "country">, autoComplete: string, className: string) => (
    <Field label={t(name)} error={form.formState.errors[name] ? t("invalid") : undefined} className={className}>
      {(control) => <Input {...control} autoComplete={autoComplete} {...form.register(name)} />}
    </Field>
  );
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 sm:grid-cols-6">
      {text("full_name", "name", "sm:col-span-6")}
      {text("company_name", "organization", "sm:col-span-3")}
      {text("vat_number", "off", "sm:col-span-3")}
      {text("address_line1", "address-line1", "sm:col-span-3")}
      {text("address_line2", "address-line2", "sm:col-span-3")}
      {text("postal_code", "postal-code", "sm:col-span-2")}
      {text("city", "address-level2", "sm:col-span-4")}
      {text("region", "address-level1", "sm:col-span-3")}
      <Field label={t("country")} className="sm:col-span-3">
        {(control) => (
          <Select {...control} autoComplete="country" {...form.register("country")}>
            <option value="">{t("noCountry")}</option>
            {choices.map((each) => (
              <option key={each.code} value={each.code}>
                {each.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="space-y-3 sm:col-span-6">
        <ProblemAlert error={state.error} title={t("notSaved")} />
        {state.saved ? <Alert tone="good">{t("saved")}</Alert> : null}
        <Button type="submit" pending={form.formState.isSubmitting}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

const passwordSchema = z.object({ current_password: z.string().min(1), new_password: z.string().min(10).max(200) });

export function PasswordForm() {
  const t = useTranslations("profile");
  const [state, setState] = useState<{ saved: boolean; error: unknown }>({ saved: false, error: null });
  const form = useForm({ resolver: zodResolver(passwordSchema), defaultValues: { current_password: "", new_password: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (body) => {
    setState({ saved: false, error: null });
    try {
      await done(browserApi.POST("/api/v1/auth/password/change", { body }));
      setState({ saved: true, error: null });
      form.reset();
    } catch (error) {
      setState({ saved: false, error });
    }
  });
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 sm:grid-cols-2">
      <Field label={t("currentPassword")} error={errors.current_password ? t("invalid") : undefined}>
        {(control) => <Input {...control} type="password" autoComplete="current-password" {...form.register("current_password")} />}
      </Field>
      <Field label={t("newPassword")} hint={t("passwordHint")} error={errors.new_password ? t("passwordHint") : undefined}>
        {(control) => <Input {...control} type="password" autoComplete="new-password" {...form.register("new_password")} />}
      </Field>
      <div className="space-y-3 sm:col-span-2">
        <ProblemAlert error={state.error} title={t("notSaved")} />
        {state.saved ? <Alert tone="good">{t("passwordSaved")}</Alert> : null}
        <Button type="submit" variant="secondary" pending={isSubmitting}>
          {t("changePassword")}
        </Button>
      </div>
    </form>
  );
}

const emailSchema = z.object({ new_email: z.email(), current_password: z.string().min(1) });

/** Moves the account to another address, once the link mailed there was followed. */
export function EmailForm() {
  const t = useTranslations("profile");
  const [state, setState] = useState<{ sentTo: string | null; error: unknown }>({ sentTo: null, error: null });
  const form = useForm({ resolver: zodResolver(emailSchema), defaultValues: { new_email: "", current_password: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (body) => {
    setState({ sentTo: null, error: null });
    try {
      await done(browserApi.POST("/api/v1/auth/email/change", { body }));
      setState({ sentTo: body.new_email, error: null });
      form.reset();
    } catch (error) {
      setState({ sentTo: null, error });
    }
  });
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 sm:grid-cols-2">
      <Field label={t("newEmail")} error={errors.new_email ? t("emailWrong") : undefined}>
        {(control) => <Input {...control} type="email" autoComplete="email" {...form.register("new_email")} />}
      </Field>
      <Field label={t("currentPassword")} error={errors.current_password ? t("invalid") : undefined}>
        {(control) => <Input {...control} type="password" autoComplete="current-password" {...form.register("current_password")} />}
      </Field>
      <div className="space-y-3 sm:col-span-2">
        <ProblemAlert error={state.error} title={t("notSaved")} />
        {state.sentTo ? <Alert tone="good">{t("emailSent", { email: state.sentTo })}</Alert> : null}
        <Button type="submit" variant="secondary" pending={isSubmitting}>
          {t("changeEmail")}
        </Button>
      </div>
    </form>
  );
}
