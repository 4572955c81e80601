import { cn } from "@nextpanel/ui/lib/cn";

import { chooseLanguage } from "./actions";
import { LANGUAGES, LOCALES } from "./locales";
import { locale, texts } from "./server";

/** Each language by its own name; an ordinary form, so it works without script. */
export async function LanguageSwitch({ className }: { className?: string }) {
  const [t, current] = await Promise.all([texts("shell"), locale()]);
  return (
    <form action={chooseLanguage} aria-label={t("language")} className={cn("flex flex-wrap gap-1 text-sm", className)}>
      {LOCALES.map((each) => (
        <button
          key={each}
          type="submit"
          name="locale"
          value={each}
          lang={each}
          aria-pressed={each === current}
          className={cn("min-h-8 rounded-control px-2", each === current ? "font-medium text-ink" : "text-muted hover:text-ink")}
        >
          {LANGUAGES[each]}
        </button>
      ))}
    </form>
  );
}
