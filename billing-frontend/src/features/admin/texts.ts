import "server-only";

import { createTranslator } from "use-intl/core";

import type { Locale } from "@/i18n/locales";
import { locale } from "@/i18n/server";
import de from "@messages/admin/de.json";
import en from "@messages/admin/en.json";
import es from "@messages/admin/es.json";

export type AdminMessages = typeof en;
export type AdminNamespace = keyof AdminMessages;

const CATALOGS: Record<Locale, AdminMessages> = { en, de, es };

/** The texts of one namespace of the staff's pages. Their browser gets no catalog: what it shows comes as properties. */
export async function adminTexts<N extends AdminNamespace>(namespace: N) {
  const language = await locale();
  return createTranslator<AdminMessages, N>({ locale: language, messages: CATALOGS[language], namespace, timeZone: "UTC" });
}
