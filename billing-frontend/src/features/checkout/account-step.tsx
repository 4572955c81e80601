"use client";

import { cn } from "@nextpanel/ui/lib/cn";
import { useRouter } from "next/navigation";
import { Tabs } from "radix-ui";
import { useTranslations } from "use-intl/react";

import { LogInForm, RegisterForm } from "@/features/account/forms";

/** Register or log in without leaving the checkout. */
export function AccountStep() {
  const t = useTranslations("checkout");
  const router = useRouter();
  const trigger = cn(
    "flex-1 rounded-full px-4 py-1.5 text-sm font-medium text-muted transition-colors",
    "data-[state=active]:bg-surface data-[state=active]:text-ink data-[state=active]:shadow-card",
  );
  return (
    <Tabs.Root defaultValue="register">
      <Tabs.List className="mb-5 flex rounded-full border bg-sunken p-1" aria-label={t("account")}>
        <Tabs.Trigger value="register" className={trigger}>
          {t("new")}
        </Tabs.Trigger>
        <Tabs.Trigger value="login" className={trigger}>
          {t("known")}
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="register" tabIndex={-1}>
        <RegisterForm onDone={() => router.refresh()} />
      </Tabs.Content>
      <Tabs.Content value="login" tabIndex={-1}>
        <LogInForm onDone={() => router.refresh()} />
      </Tabs.Content>
    </Tabs.Root>
  );
}
