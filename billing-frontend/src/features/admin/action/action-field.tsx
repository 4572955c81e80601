"use client";

import { Field, type FieldControl } from "@nextpanel/ui/field";
import { Input, Select, Textarea } from "@nextpanel/ui/input";
import type { UseFormReturn } from "react-hook-form";

import { ProblemError } from "@/lib/problem";

import type { FieldSpec } from "./spec";

interface ActionFieldProps {
  field: FieldSpec;
  form: UseFormReturn<Record<string, string | boolean>, unknown, Record<string, unknown>>;
  /** What the server said about the form. */
  problem: unknown;
}

function Control({ field, form, control }: Omit<ActionFieldProps, "problem"> & { control: FieldControl }) {
  const bound = { ...control, ...form.register(field.name), "aria-required": field.isRequired || undefined };
  switch (field.kind) {
    case "textarea":
      return <Textarea {...bound} maxLength={field.most} />;
    case "select":
      return (
        <Select {...bound}>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </Select>
      );
    case "money":
      return <Input {...bound} inputMode="decimal" autoComplete="off" className="numeric" />;
    case "number":
      return <Input {...bound} inputMode="numeric" autoComplete="off" className="numeric" />;
    case "date":
      return <Input {...bound} type="date" />;
    case "text":
      return <Input {...bound} autoComplete="off" maxLength={field.most} className={field.isCode ? "font-mono" : undefined} />;
    case "checkbox":
      return null;
  }
}

/** One field of an action's form, with what is wrong with it by our check or the server's. */
export function ActionField({ field, form, problem }: ActionFieldProps) {
  const complaint = form.formState.errors[field.name]?.message;
  const answered = problem instanceof ProblemError ? problem.problem.fields[field.name] : undefined;
  if (field.kind === "checkbox") {
    return (
      <label className="flex items-start gap-2.5 text-sm">
        <input type="checkbox" className="mt-0.5 size-4 accent-accent" {...form.register(field.name)} />
        <span>
          <span className="font-medium">{field.label}</span>
          {field.hint ? <span className="block text-muted">{field.hint}</span> : null}
        </span>
      </label>
    );
  }
  return (
    <Field label={field.label} hint={field.hint} error={typeof complaint === "string" && complaint ? complaint : answered}>
      {(control) => <Control field={field} form={form} control={control} />}
    </Field>
  );
}
