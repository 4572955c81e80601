import type {} from "use-intl/core";

import en from "@messages/en.json";

export type Messages = typeof en;
export type Namespace = keyof Messages;

/** Every language that is complete; the first is what everybody else gets. */
export const CATALOGS: Record<string, Messages> = { en };
export const DEFAULT_LOCALE = "en";

declare module "use-intl/core" {
  interface AppConfig {
    Messages: Messages;
  }
}

/** Picks the best complete language from an Accept-Language header. */
export function chooseLocale(accepted: string | null): string {
  const wished = (accepted ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...rest] = part.trim().split(";");
      const quality = rest.map((each) => each.trim()).find((each) => each.startsWith("q="));
      return { tag: tag.toLowerCase().split("-")[0] ?? "", quality: quality ? Number(quality.slice(2)) : 1 };
    })
    .filter((each) => each.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wished.find((each) => Object.hasOwn(CATALOGS, each.tag))?.tag ?? DEFAULT_LOCALE;
}
