import { PageHeader } from "@nextpanel/ui/page";
import type { Metadata } from "next";
import { Suspense } from "react";

import { listTlds } from "@/features/catalog/data";
import { SearchBox } from "@/features/catalog/search-box";
import { ResultsSkeleton, SearchResults, Suggestions } from "@/features/catalog/search-results";
import { locale, texts } from "@/i18n/server";
import { formatMoney } from "@/lib/format";

type Props = { searchParams: Promise<{ q?: string; whole?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("search"))("title") };
}

async function PriceList() {
  const [t, language, tlds] = await Promise.all([texts("search"), locale(), listTlds()]);
  return (
    <section aria-labelledby="prices">
      <h2 id="prices" className="mb-4 font-semibold tracking-tight">
        {t("prices")}
      </h2>
      <ul className="numeric grid grid-cols-2 gap-px overflow-hidden rounded-card border bg-line sm:grid-cols-3 lg:grid-cols-4">
        {tlds.map((each) => (
          <li key={each.tld} className="flex items-baseline justify-between gap-2 bg-surface px-4 py-3 text-sm">
            <span className="font-medium">.{each.tld}</span>
            <span className="text-muted">{formatMoney(each.register_amount, each.currency, language)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Results as they come. Without script nothing could be filled in later, so such a browser asks for the whole page. */
function Streamed({ query, rows }: { query: string; rows: number }) {
  return (
    <>
      <noscript>
        <meta httpEquiv="refresh" content={`0;url=/search?whole=1&q=${encodeURIComponent(query)}`} />
      </noscript>
      <Suspense key={query} fallback={<ResultsSkeleton rows={rows} />}>
        <SearchResults query={query} />
      </Suspense>
      <Suspense key={`close-${query}`} fallback={null}>
        <Suggestions query={query} />
      </Suspense>
    </>
  );
}

export default async function SearchPage({ searchParams }: Props) {
  const [t, tlds, { q, whole }] = await Promise.all([texts("search"), listTlds(), searchParams]);
  const query = (q ?? "").slice(0, 253).trim().toLowerCase();
  return (
    <div className="mx-auto max-w-3xl px-4 pt-12 sm:px-6">
      <PageHeader title={t("title")} description={t("lead")} />
      <SearchBox value={query} />
      <div className="mt-8">
        {!query ? (
          <PriceList />
        ) : whole ? (
          <>
            <SearchResults query={query} />
            <Suggestions query={query} />
          </>
        ) : (
          <Streamed query={query} rows={tlds.length} />
        )}
      </div>
    </div>
  );
}
