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
import { browserApi, done, postAuth } from "@/lib/browser-api";
import { countries } from "@/lib/countries";
import { LEAVING, useAttempt } from "@/lib/use-attempt";

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

/** Ends one other session, or all of them with this one. */
export function EndSession({ id }: { id: string }) {
  const t = useTranslations("profile");
  const router = useRouter();
  const { pending, error, attempt } = useAttempt();
  const end = () =>
    attempt(async () => {
      await done(browserApi.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id: id } } }));
      router.refresh();
    });
  return (
    <div className="space-y-2">
      <Button size="sm" variant="secondary" onClick={end} pending={pending}>
        {t("endSession")}
      </Button>
      <ProblemAlert error={error} />
    </div>
  );
}

export function EndAllSessions() {
  const t = useTranslations("profile");
  const { pending, error, attempt } = useAttempt();
  const end = () =>
    attempt(async () => {
      await postAuth("logout-all", {});
      // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- a whole new page, so that nothing of this account stays in memory
      location.assign("/login");
      return LEAVING;
    });
  return (
    <div className="space-y-2">
      <Button variant="danger" size="sm" onClick={end} pending={pending}>
        {t("endAll")}
      </Button>
      <ProblemAlert error={error} />
    </div>
  );
}
