"use client";

import { type FormEvent, type ReactNode, useState } from "react";

import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";

interface FormDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  labels: { close: string; cancel: string; submit: string };
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  pending: boolean;
  /** Does what cannot be undone: its button says so. */
  danger?: boolean;
  /** What has to be typed before the button works; for what would hurt most. */
  confirm?: { word: string; label: string };
  children?: ReactNode;
}

/** A form over the page. It does not close while its work is under way, and keeps what was typed when that fails. */
export function FormDialog({ open, onOpenChange, title, description, labels, onSubmit, pending, danger, confirm, children }: FormDialogProps) {
  const [typed, setTyped] = useState("");
  const isConfirmed = !confirm || typed.trim() === confirm.word;
  const change = (wanted: boolean) => {
    if (pending) return;
    setTyped("");
    onOpenChange(wanted);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    if (isConfirmed) onSubmit(event);
    else event.preventDefault();
  };
  return (
    <Dialog open={open} onOpenChange={change} title={title} description={description} closeLabel={labels.close}>
      <form onSubmit={submit} noValidate className="space-y-4">
        {children}
        {confirm ? (
          <Field label={confirm.label}>
            {(control) => (
              <Input {...control} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} className="font-mono" />
            )}
          </Field>
        ) : null}
        <div className="flex flex-wrap justify-end gap-2 pt-1">
          <Button variant="secondary" onClick={() => change(false)} disabled={pending}>
            {labels.cancel}
          </Button>
          <Button type="submit" variant={danger ? "danger" : "primary"} pending={pending} disabled={!isConfirmed}>
            {labels.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
