/** Every language that is complete, each named in itself; the first is what everybody else gets. */
export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español" } as const;
export type Locale = keyof typeof LANGUAGES;
export const LOCALES = Object.keys(LANGUAGES) as Locale[];
export const DEFAULT_LOCALE: Locale = "en";

/** Returns the complete language a tag such as `de-CH` stands for, or null. */
export function toLocale(tag: string | null | undefined): Locale | null {
  const base = (tag ?? "").trim().toLowerCase().split("-")[0];
  return LOCALES.find((each) => each === base) ?? null;
}

/** Picks the best complete language from an Accept-Language header. */
export function chooseLocale(accepted: string | null): Locale {
  const wished = (accepted ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...rest] = part.split(";");
      const quality = rest.map((each) => each.trim()).find((each) => each.startsWith("q="));
      return { locale: toLocale(tag), quality: quality ? Number(quality.slice(2)) : 1 };
    })
    .filter((each) => each.locale !== null && each.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wished[0]?.locale ?? DEFAULT_LOCALE;
}
