import { Alert } from "@nextpanel/ui/alert";
import { Badge } from "@nextpanel/ui/badge";
import { Button } from "@nextpanel/ui/button";
import { Card } from "@nextpanel/ui/card";
import { cn } from "@nextpanel/ui/lib/cn";
import { Skeleton } from "@nextpanel/ui/page";
import { Check } from "lucide-react";
import Link from "next/link";

import { addDomain } from "@/features/cart/actions";
import { readCart } from "@/features/cart/cookie";
import { locale, texts } from "@/i18n/server";
import { formatMoney } from "@/lib/format";

import { type Result, find, suggest } from "./find";

async function ResultRow({ result, inCart, isFirst }: { result: Result; inCart: boolean; isFirst: boolean }) {
  const [t, language] = await Promise.all([texts("search"), locale()]);
  const { currency, register_amount: first, renew_amount: renewal } = result;
  const isFree = result.status === "available" && currency !== null && first !== null;
  return (
    <li className={cn("flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-5 py-4 last:border-0 sm:px-6", isFirst && "py-6")}>
      <div className="min-w-0 flex-1 max-sm:basis-full">
        <p className={cn("font-medium [overflow-wrap:anywhere]", isFirst && "text-xl tracking-tight", !isFree && "text-muted")}>
          {result.unicode_name}
        </p>
        {isFree && renewal !== null ? (
          <p className="numeric text-sm text-muted">{t("renews", { price: formatMoney(renewal, currency, language) })}</p>
        ) : null}
      </div>
      {isFree ? (
        <>
          <p className="numeric font-medium max-sm:mr-auto sm:text-right">
            {formatMoney(first, currency, language)} <span className="text-sm font-normal text-muted">{t("firstYear")}</span>
          </p>
          {inCart ? (
            <Button asChild variant="secondary" size="sm" className="w-28">
              <Link href="/cart">
                <Check aria-hidden /> {t("inCart")}
              </Link>
            </Button>
          ) : (
            <form action={addDomain}>
              <input type="hidden" name="name" value={result.name} />
              <Button type="submit" size="sm" variant={isFirst ? "primary" : "secondary"} className="w-28" aria-label={t("addNamed", { name: result.unicode_name })}>
                {t("add")}
              </Button>
            </form>
          )}
        </>
      ) : (
        <Badge>{result.status === "premium" ? t("premium") : t("taken")}</Badge>
      )}
    </li>
  );
}

/** Results in a card; the one that was asked for stands large. */
async function ResultList({ results, large = false }: { results: Result[]; large?: boolean }) {
  const cart = await readCart();
  return (
    <Card className="animate-rise overflow-hidden">
      <ul>
        {results.map((result) => (
          <ResultRow key={result.name} result={result} inCart={cart.domains.includes(result.name)} isFirst={large} />
        ))}
      </ul>
    </Card>
  );
}

async function Group({ title, id, results }: { title: string; id: string; results: Result[] }) {
  if (results.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mt-8">
      <h2 id={id} className="mb-3 font-semibold tracking-tight">
        {title}
      </h2>
      <ResultList results={results} />
    </section>
  );
}

/** What was searched, with its price or that it is taken. */
export async function SearchResults({ query }: { query: string }) {
  const [t, { results, problem }] = await Promise.all([texts("search"), find(query)]);
  if (results) {
    if (!query.includes(".")) return <ResultList results={results} />;
    return (
      <>
        <ResultList results={results.slice(0, 1)} large />
        <Group id="others" title={t("others")} results={results.slice(1)} />
      </>
    );
  }
  const isBusy = problem.status >= 500 || problem.status === 429;
  return (
    <Alert
      tone={isBusy ? "warn" : "info"}
      title={isBusy ? t("busy") : t("notPossible")}
      actions={
        isBusy ? (
          <Button asChild size="sm" variant="secondary">
            <a href={`/search?q=${encodeURIComponent(query)}`}>{t("again")}</a>
          </Button>
        ) : null
      }
    >
      {isBusy ? t("busyHelp") : t("notPossibleHelp")} <code className="text-xs text-muted">{problem.code}</code>
    </Alert>
  );
}

/** Free names close to a taken one. */
export async function Suggestions({ query }: { query: string }) {
  const [t, results] = await Promise.all([texts("search"), suggest(query)]);
  return <Group id="close" title={t("suggestions")} results={results} />;
}

/** Rows as high as the ones that come. */
export async function ResultsSkeleton({ rows }: { rows: number }) {
  const t = await texts("search");
  return (
    <Card role="status" className="overflow-hidden">
      <span className="sr-only">{t("searching")}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={cn("flex h-[4.75rem] items-center gap-4 border-b px-5 last:border-0 sm:px-6", index === 0 && "h-24")}>
          <Skeleton className="h-4 w-40" />
          <Skeleton className="ml-auto h-4 w-24" />
          <Skeleton className="h-8 w-28" />
        </div>
      ))}
    </Card>
  );
}
