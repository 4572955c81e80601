import { Alert } from "@nextpanel/ui/alert";
import { Badge } from "@nextpanel/ui/badge";
import { Button } from "@nextpanel/ui/button";
import { Card } from "@nextpanel/ui/card";
import { cn } from "@nextpanel/ui/lib/cn";
import { Check } from "lucide-react";
import Link from "next/link";

import { addDomain } from "@/features/cart/actions";
import { readCart } from "@/features/cart/cookie";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { formatMoney } from "@/lib/format";
import { toProblem } from "@/lib/problem";
import { api } from "@/server/api";

import { listTlds, tldOf } from "./data";

type Result = components["schemas"]["SearchResultOut"];

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
              <Button type="submit" size="sm" className="w-28" aria-label={t("addNamed", { name: result.unicode_name })}>
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

type Client = Awaited<ReturnType<typeof api>>;

async function ask(client: Client, name: string) {
  try {
    return await client.GET("/api/v1/domains/search", { params: { query: { name } } });
  } catch {
    return { data: undefined, error: undefined, response: new Response(null, { status: 503 }) };
  }
}

/** A full name first and its label under the other endings after it; one question to the registry, if it can be. */
async function find(query: string) {
  const [client, tlds] = await Promise.all([api(), listTlds()]);
  const tld = tldOf(query, tlds);
  const label = tld ? query.slice(0, -tld.tld.length - 1) : query;
  if (!tld || label.includes(".")) return ask(client, query);
  const answer = await ask(client, label);
  const wanted = answer.data?.results.find((each) => each.name === query);
  if (!answer.data || !wanted) return ask(client, query);
  const others = answer.data.results.filter((each) => each !== wanted);
  return { ...answer, data: { ...answer.data, results: [wanted, ...others] } };
}

/** What was searched, with its price or that it is taken. */
export async function SearchResults({ query }: { query: string }) {
  const [t, cart, { data, error, response }] = await Promise.all([texts("search"), readCart(), find(query.trim().toLowerCase())]);
  if (!data) {
    const { status, code, detail } = toProblem(response.status, error);
    const isBusy = status >= 500 || status === 429;
    return (
      <Alert tone={isBusy ? "warn" : "info"} title={isBusy ? t("busy") : t("notPossible")}>
        {isBusy ? t("busyHelp") : detail} <code className="text-xs text-muted">{code}</code>
      </Alert>
    );
  }
  return (
    <Card className="animate-rise overflow-hidden">
      <ul>
        {data.results.map((result, index) => (
          <ResultRow key={result.name} result={result} inCart={cart.domains.includes(result.name)} isFirst={index === 0} />
        ))}
      </ul>
    </Card>
  );
}
