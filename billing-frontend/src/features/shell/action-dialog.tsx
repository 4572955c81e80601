"use client";

import { Button } from "@nextpanel/ui/button";
import { FormDialog } from "@nextpanel/ui/form-dialog";
import { useRouter } from "next/navigation";
import { type ComponentProps, type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { useAttempt } from "@/lib/use-attempt";

interface ActionDialogProps {
  /** The button that asks. */
  label: ReactNode;
  button?: Pick<ComponentProps<typeof Button>, "variant" | "size" | "aria-label">;
  title: string;
  description?: ReactNode;
  submitLabel: string;
  /** The way out, where "Cancel" could be taken for the action. */
  cancelLabel?: string;
  /** Said above the reason when it did not work: what was not done. */
  failed?: string;
  danger?: boolean;
  /** Does it; what it throws is shown and the dialog stays. */
  act: (form: FormData) => Promise<unknown>;
  children?: ReactNode;
}

/** A button whose action is explained before it happens, with whatever has to be filled in. The page is fresh after it. */
export function ActionDialog({ label, button, title, description, submitLabel, cancelLabel, failed, danger, act, children }: ActionDialogProps) {
  const t = useTranslations("common");
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { pending, error, attempt, forget } = useAttempt();

  function change(wanted: boolean) {
    forget();
    setOpen(wanted);
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!event.currentTarget.reportValidity()) return;
    const form = new FormData(event.currentTarget);
    void attempt(async () => {
      await act(form);
      setOpen(false);
      router.refresh();
    });
  }

  return (
    <>
      <Button variant={danger ? "danger" : "secondary"} {...button} onClick={() => change(true)}>
        {label}
      </Button>
      <FormDialog
        open={open}
        onOpenChange={change}
        title={title}
        description={description}
        labels={{ close: t("close"), cancel: cancelLabel ?? t("cancel"), submit: submitLabel }}
        onSubmit={submit}
        pending={pending}
        danger={danger}
      >
        <ProblemAlert error={error} title={failed} />
        {children}
      </FormDialog>
    </>
  );
}
