import { Label } from "radix-ui";
import { type ReactNode, useId } from "react";

import { cn } from "./lib/cn";

export interface FieldControl {
  id: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string;
  className?: string;
  /** Gets what ties the control to its label, hint and error. */
  children: (control: FieldControl) => ReactNode;
}

/** A label above, a hint or the error below; the error replaces the hint and is read out. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <Label.Root htmlFor={id} className="text-sm font-medium">
        {label}
      </Label.Root>
      {children({
        id,
        ...(error ? { "aria-invalid": true as const } : {}),
        ...(note ? { "aria-describedby": `${id}-note` } : {}),
      })}
      {note ? (
        <p id={`${id}-note`} role={error ? "alert" : undefined} className={cn("text-sm", error ? "text-bad" : "text-muted")}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
