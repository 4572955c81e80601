"use client";

import { Button } from "@nextpanel/ui/button";
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl/react";

import { ProblemAlert } from "@/features/account/problem-alert";
import { removeDomain, setCoupon } from "@/features/cart/actions";
import { ProblemError } from "@/lib/problem";
import { useAttempt } from "@/lib/use-attempt";

interface OrderProblemProps {
  error: unknown;
  /** Called once the cart is mended. */
  onMended: () => void;
}

/** Why an order was not placed, with the button that takes what stands in its way out of the cart. */
export function OrderProblem({ error, onMended }: OrderProblemProps) {
  const t = useTranslations("checkout");
  const router = useRouter();
  const { pending, attempt } = useAttempt();
  const problem = error instanceof ProblemError ? error.problem : null;
  const mend = (act: (form: FormData) => Promise<void>, name: string, value: string) =>
    attempt(async () => {
      const form = new FormData();
      form.set(name, value);
      await act(form);
      onMended();
      router.refresh();
    });
  const domain = problem?.domain;
  const actions = domain ? (
    <Button size="sm" variant="secondary" pending={pending} onClick={() => mend(removeDomain, "name", domain)}>
      {t("withoutDomain", { domain })}
    </Button>
  ) : problem?.code === "coupon_invalid" ? (
    <Button size="sm" variant="secondary" pending={pending} onClick={() => mend(setCoupon, "coupon", "")}>
      {t("withoutCoupon")}
    </Button>
  ) : null;
  return <ProblemAlert error={error} title={t("notOrdered")} actions={actions} />;
}
