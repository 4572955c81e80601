"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Button } from "@nextpanel/ui/button";
import { FormDialog } from "@nextpanel/ui/form-dialog";
import { Check } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { useForm } from "react-hook-form";

import { ProblemAlert } from "@/features/account/problem-alert";

import { ActionField } from "./action-field";
import { actionSchema, initialValues } from "./schema";
import type { ActionSpec, FieldSpec } from "./spec";
import { useAction } from "./use-action";

interface ActionButtonProps {
  spec: ActionSpec;
  variant?: ComponentProps<typeof Button>["variant"];
  size?: ComponentProps<typeof Button>["size"];
}

function Done({ text }: { text: string }) {
  return (
    <p role="status" className="flex animate-rise items-center gap-1.5 text-sm font-medium text-good">
      <Check aria-hidden className="size-4" /> {text}
    </p>
  );
}

function AskedAction({ spec, fields, variant, size }: ActionButtonProps & { fields: FieldSpec[] }) {
  const [open, setOpen] = useState(false);
  const { pending, error, isDone, run, forget } = useAction(spec);
  const { texts } = spec;
  const form = useForm({ resolver: zodResolver(actionSchema(fields, texts)), defaultValues: initialValues(fields) });
  const change = (wanted: boolean) => {
    if (wanted) {
      forget();
      form.reset(initialValues(fields));
    }
    setOpen(wanted);
  };
  const submit = form.handleSubmit((values) => run(values as Record<string, unknown>, () => setOpen(false)));
  return (
    <div className="flex items-center gap-3">
      {isDone ? <Done text={texts.done} /> : null}
      <Button variant={variant} size={size} onClick={() => change(true)}>
        {texts.button}
      </Button>
      <FormDialog
        open={open}
        onOpenChange={change}
        title={texts.title}
        description={texts.help}
        labels={{ close: texts.close, cancel: texts.cancel, submit: texts.submit }}
        onSubmit={submit}
        pending={pending}
        danger={variant === "danger"}
        confirm={spec.confirm}
      >
        <ProblemAlert error={error} title={texts.failed} />
        {fields.map((field) => (
          <ActionField key={field.name} field={field} form={form} problem={error} />
        ))}
      </FormDialog>
    </div>
  );
}

function PlainAction({ spec, variant, size }: ActionButtonProps) {
  const { pending, error, isDone, run } = useAction(spec);
  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex items-center gap-3">
        {isDone && !pending ? <Done text={spec.texts.done} /> : null}
        <Button variant={variant} size={size} pending={pending} onClick={() => void run({})}>
          {spec.texts.button}
        </Button>
      </div>
      {error ? (
        <div className="max-w-80 whitespace-normal text-left">
          <ProblemAlert error={error} title={spec.texts.failed} />
        </div>
      ) : null}
    </div>
  );
}

/** A button that does one thing, after a form where there is something to say or to confirm. */
export function ActionButton({ spec, variant = "secondary", size = "sm" }: ActionButtonProps) {
  const fields = spec.fields ?? (spec.confirm ? [] : null);
  return fields ? <AskedAction spec={spec} fields={fields} variant={variant} size={size} /> : <PlainAction spec={spec} variant={variant} size={size} />;
}
