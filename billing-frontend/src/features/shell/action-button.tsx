"use client";

import { Button } from "@nextpanel/ui/button";
import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { useAttempt } from "@/lib/use-attempt";

interface ActionButtonProps extends Pick<ComponentProps<typeof Button>, "variant" | "size" | "aria-label" | "children"> {
  /** Said above the reason when it did not work: what was not done. */
  failed?: string;
  act: () => Promise<unknown>;
}

/** A button that does something at once; the page is fresh after it, and a problem stands below it. */
export function ActionButton({ failed, act, ...button }: ActionButtonProps) {
  const router = useRouter();
  const { pending, error, attempt } = useAttempt();
  const run = () =>
    attempt(async () => {
      await act();
      router.refresh();
    });
  return (
    <div className="space-y-3">
      <Button {...button} onClick={run} pending={pending} />
      <ProblemAlert error={error} title={failed} />
    </div>
  );
}
