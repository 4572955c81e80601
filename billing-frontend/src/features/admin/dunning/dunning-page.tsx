import "server-only";

import { TabLinks, WorkTitle } from "@nextpanel/ui/detail-page";
import Link from "next/link";

import type { SearchParams } from "../list/address";
import { ListView } from "../list/list-view";
import { adminTexts } from "../texts";
import { DUNNING_BRAKES, DUNNING_CASES } from "./list";

/** Cases and brakes: two views of who does not pay. */
export async function DunningPage({ view, params }: { view: "cases" | "brakes"; params: SearchParams }) {
  const [t, texts] = await Promise.all([adminTexts("dunning"), adminTexts("lists")]);
  const name = view === "cases" ? DUNNING_CASES.name : DUNNING_BRAKES.name;
  return (
    <>
      <WorkTitle title={texts(`${name}.title`)} description={texts(`${name}.help`)} />
      <TabLinks
        label={t("views")}
        current={view}
        Link={Link}
        tabs={[
          { key: "cases", href: DUNNING_CASES.path, label: t("cases") },
          { key: "brakes", href: DUNNING_BRAKES.path, label: t("brakes") },
        ]}
      />
      {view === "cases" ? <ListView config={DUNNING_CASES} params={params} /> : <ListView config={DUNNING_BRAKES} params={params} />}
    </>
  );
}
