"use server";

import { cookies } from "next/headers";

import { api, visitor } from "@/server/api";

import { keepLocale } from "./cookie";
import { toLocale } from "./locales";

/** Shows everything in another language from now on; with a log-in, mails come in it too. */
export async function chooseLanguage(form: FormData): Promise<void> {
  const locale = toLocale(String(form.get("locale") ?? ""));
  if (!locale) return;
  keepLocale(await cookies(), locale);
  if (!(await visitor())) return;
  // The page follows the cookie; that the account could not be told now is no reason to refuse.
  await (await api()).PATCH("/api/v1/me", { body: { locale } }).catch(() => null);
}
