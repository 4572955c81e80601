import "server-only";

import { notFound } from "next/navigation";

import { Detail } from "../detail";
import { formats } from "../formats";
import type { SearchParams } from "../list/address";
import type { ListConfig, ListPath } from "../list/config";
import { ListView } from "../list/list-view";
import { adminTexts } from "../texts";
import { monthOf, readCurrency, readMonth } from "./months";
import { receivableRows, rowsOf } from "./rows";

async function Rows<P extends ListPath>({ config, title, params, currency }: { config: ListConfig<P>; title: string; params: SearchParams; currency: string }) {
  const texts = await adminTexts("lists");
  return (
    <Detail list={{ name: "reports", path: `/admin/reports?currency=${currency}` }} title={title} description={texts(`${config.name}.help`)}>
      <div>
        <ListView config={config} params={params} kept={{ currency }} />
      </div>
    </Detail>
  );
}

/** The rows behind one figure of a report. */
export async function ReportRows({ report, month: wanted, params }: { report: string; month: string; params: SearchParams }) {
  const currency = readCurrency(typeof params.currency === "string" ? params.currency : undefined);
  const month = readMonth(wanted, monthOf(new Date()));
  const config = rowsOf(report, { month, currency });
  if (!config) notFound();
  const [f, texts] = await Promise.all([formats(), adminTexts("lists")]);
  return <Rows config={config} title={`${texts(`${config.name}.title`)}, ${f.month(month)}`} params={params} currency={currency} />;
}

/** Who owes what, in one currency. */
export async function ReceivableRows({ params }: { params: SearchParams }) {
  const currency = readCurrency(typeof params.currency === "string" ? params.currency : undefined);
  const config = receivableRows(currency);
  const texts = await adminTexts("lists");
  return <Rows config={config} title={`${texts(`${config.name}.title`)}, ${currency}`} params={params} currency={currency} />;
}
