import "server-only";

import type {} from "use-intl/core";

import de from "@messages/de.json";
import en from "@messages/en.json";
import es from "@messages/es.json";

import type { Locale } from "./locales";

export type Messages = typeof en;
export type Namespace = keyof Messages;

export const CATALOGS: Record<Locale, Messages> = { en, de, es };

declare module "use-intl/core" {
  interface AppConfig {
    Messages: Messages;
  }
}
