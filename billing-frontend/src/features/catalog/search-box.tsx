import { Button } from "@nextpanel/ui/button";
import { Search } from "lucide-react";

import { texts } from "@/i18n/server";

/** The search box: an ordinary form that leads to the results. */
export async function SearchBox({ value = "", autoFocus = false }: { value?: string; autoFocus?: boolean }) {
  const t = await texts("search");
  return (
    <form action="/search" role="search" className="flex w-full gap-2 rounded-card border bg-surface p-2 shadow-lifted focus-within:border-accent">
      <label className="flex min-w-0 flex-1 items-center gap-2 pl-2 sm:pl-3">
        <Search aria-hidden className="size-5 shrink-0 text-muted" />
        <span className="sr-only">{t("label")}</span>
        <input
          name="q"
          type="search"
          defaultValue={value}
          placeholder={t("placeholder")}
          required
          minLength={2}
          maxLength={253}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          autoFocus={autoFocus}
          className="h-11 w-full min-w-0 bg-transparent text-base outline-none placeholder:text-muted"
        />
      </label>
      <Button type="submit" className="h-11 px-5 text-base">
        {t("submit")}
      </Button>
    </form>
  );
}
