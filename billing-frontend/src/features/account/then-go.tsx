"use client";

import { useRouter } from "next/navigation";

import { LogInForm, RegisterForm } from "./forms";

/** A log-in or registration of its own page, and where it leads. */
export function ThenGo({ form, next }: { form: "login" | "register"; next: string }) {
  const router = useRouter();
  const onDone = () => {
    router.replace(next);
    router.refresh();
  };
  return form === "login" ? <LogInForm onDone={onDone} /> : <RegisterForm onDone={onDone} />;
}
