"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Input, Select } from "@nextpanel/ui/input";
import { useEffect, useMemo } from "react";
import { useForm } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl/react";

import { countries } from "@/lib/countries";

import { type Contact, contactSchema, registrantSchema } from "./contact";

const DRAFT = "np-checkout-contact";

function readDraft(): Partial<Contact> {
  try {
    return contactSchema.partial().parse(JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}"));
  } catch {
    return {};
  }
}

interface ContactFormProps {
  initial: Contact;
  /** A domain is on the order, so its registry asks for more. */
  withDomain: boolean;
  /** Keeps what is typed for a reload; false for a form whose values come from elsewhere. */
  draft?: boolean;
  pending: boolean;
  submitLabel: string;
  onSubmit: (contact: Contact) => void;
}

/** Who buys. What has been typed survives a reload and a log-in in between. */
export function ContactForm({ initial, withDomain, draft = true, pending, submitLabel, onSubmit }: ContactFormProps) {
  const t = useTranslations("contact");
  const locale = useLocale();
  const choices = useMemo(() => countries(locale), [locale]);
  const form = useForm({ resolver: zodResolver(withDomain ? registrantSchema : contactSchema), defaultValues: initial });
  const { errors } = form.formState;
  const { reset, subscribe } = form;
  useEffect(() => {
    if (!draft) return;
    const kept = Object.fromEntries(Object.entries(readDraft()).filter(([, value]) => value));
    reset({ ...initial, ...kept }, { keepErrors: true });
    return subscribe({
      formState: { values: true },
      callback: ({ values }) => sessionStorage.setItem(DRAFT, JSON.stringify(values)),
    });
  }, [draft, initial, reset, subscribe]);

  function text(name: Exclude<keyof Contact, "country">, autoComplete: string, options: { optional?: boolean; className?: string; type?: string } = {}) {
    return (
      <Field
        label={options.optional ? t("optional", { label: t(name) }) : t(name)}
        hint={name === "phone" ? t("phoneHint") : undefined}
        error={errors[name] ? (name === "phone" ? t("phoneWrong") : t("missing")) : undefined}
        className={options.className}
      >
        {(control) => <Input {...control} type={options.type} autoComplete={autoComplete} {...form.register(name)} />}
      </Field>
    );
  }

  return (
    <form onSubmit={form.handleSubmit(onSubmit)} noValidate className="grid gap-4 sm:grid-cols-6" aria-label={t("form")}>
      {text("first_name", "given-name", { className: "sm:col-span-3" })}
      {text("last_name", "family-name", { className: "sm:col-span-3" })}
      {text("company_name", "organization", { optional: true, className: "sm:col-span-6" })}
      {text("address_line1", "address-line1", { className: "sm:col-span-6" })}
      {text("postal_code", "postal-code", { className: "sm:col-span-2" })}
      {text("city", "address-level2", { className: "sm:col-span-4" })}
      {text("region", "address-level1", { optional: !withDomain, className: "sm:col-span-3" })}
      <Field label={t("country")} error={errors.country ? t("countryMissing") : undefined} className="sm:col-span-3">
        {(control) => (
          <Select {...control} autoComplete="country" {...form.register("country")}>
            <option value="">{t("chooseCountry")}</option>
            {choices.map((each) => (
              <option key={each.code} value={each.code}>
                {each.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {withDomain ? text("phone", "tel", { type: "tel", className: "sm:col-span-6" }) : null}
      <Button type="submit" size="lg" pending={pending} className="sm:col-span-6">
        {submitLabel}
      </Button>
    </form>
  );
}
