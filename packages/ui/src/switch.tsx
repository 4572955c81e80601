"use client";

import { Switch as Primitive } from "radix-ui";
import type { ComponentProps } from "react";

import { cn } from "./lib/cn";

/** On or off, with effect at once. Its label has to come from outside. */
export function Switch({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      className={cn(
        "relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-transparent bg-line-strong p-0.5 transition-colors data-[state=checked]:bg-accent disabled:opacity-55",
        "after:absolute after:-inset-2",
        className,
      )}
      {...props}
    >
      <Primitive.Thumb className="size-4.5 rounded-full bg-surface shadow-card transition-transform data-[state=checked]:translate-x-4" />
    </Primitive.Root>
  );
}
