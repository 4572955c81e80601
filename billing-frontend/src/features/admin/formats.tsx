import "server-only";

import { Badge, type Tone } from "@nextpanel/ui/badge";
import { type ReactNode, cache } from "react";

import { locale } from "@/i18n/server";
import { formatDay, formatMoney } from "@/lib/format";

import { adminTexts } from "./texts";

const TONED: Record<Exclude<Tone, "neutral">, string> = {
  good: "active paid succeeded done processed valid finished confirmed recovered issued fulfilled won sent delivered ok up healthy repaired",
  accent: "pending running received trialing creating processing queued paying warning_under_review under_review new expansion reactivation",
  warn: "open waiting past_due grace ending expired draining needs_response warning_needs_response requires_action different unchecked degraded contraction awaiting_payment partially_fulfilled reconciling unknown",
  bad: "failed needs_attention uncollectible suspended unpaid lost invalid redemption cancelling down bounced blocked churn only_there only_here fraudulent",
};

const TONES = new Map<string, Tone>(
  Object.entries(TONED).flatMap(([tone, states]) => states.split(" ").map((state) => [state, tone as Tone] as const)),
);

/** How good a state is, whatever it is the state of; unknown ones are neither. */
export function toneOf(state: string): Tone {
  return TONES.get(state) ?? "neutral";
}

/** A code in words when no text names it: `needs_attention` reads "Needs attention". */
export function spaced(code: string): string {
  const text = code.replaceAll(/[_.-]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const NOTHING = <span className="text-muted">–</span>;

function timeFormat(language: string) {
  const parts = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" } as const;
  const near = new Intl.DateTimeFormat(language, parts);
  const far = new Intl.DateTimeFormat(language, { ...parts, year: "numeric" });
  const year = new Date().getUTCFullYear();
  return (time: string) => {
    const date = new Date(time);
    return (date.getUTCFullYear() === year ? near : far).format(date);
  };
}

/** How the staff's pages write values, in the reader's language; times are those of UTC, as in every log. */
export const formats = cache(async () => {
  const [language, fields, words] = await Promise.all([locale(), adminTexts("fields"), adminTexts("words")]);
  const read = timeFormat(language);
  const word = (code: string): string => {
    const key = code as Parameters<typeof words.has>[0];
    return words.has(key) ? words(key) : spaced(code);
  };
  return {
    language,
    word,
    field: (name: string): string => {
      const key = name as Parameters<typeof fields.has>[0];
      return fields.has(key) ? fields(key) : spaced(name);
    },
    money: (amount: number, currency: string) => formatMoney(amount, currency, language),
    number: (value: number) => new Intl.NumberFormat(language).format(value),
    percent: (share: number) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(share),
    month: (month: string) => new Intl.DateTimeFormat(language, { month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`)),
    day: (time: string | null | undefined): ReactNode => (time ? <time dateTime={time}>{formatDay(time, language)}</time> : NOTHING),
    time: (time: string | null | undefined): ReactNode => (time ? <time dateTime={time}>{read(time)}</time> : NOTHING),
    state: (state: string) => <Badge tone={toneOf(state)}>{word(state)}</Badge>,
    country: (code: string) => new Intl.DisplayNames(language, { type: "region" }).of(code) ?? code,
  };
});

export type Formats = Awaited<ReturnType<typeof formats>>;
