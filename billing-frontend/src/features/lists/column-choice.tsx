"use client";

import { ColumnChoice as Choice } from "@nextpanel/ui/filter-bar";
import { useRouter } from "next/navigation";
import { startTransition, useOptimistic } from "react";
import { useTranslations } from "use-intl/react";

import { type ListParams, listHref } from "./address";

interface ColumnChoiceProps {
  path: string;
  params: ListParams;
  columns: { key: string; title: string }[];
  shown: string[];
}

/** Which columns a list shows; the address keeps it, and the box follows the hand at once. */
export function ColumnChoice({ path, params, columns, shown }: ColumnChoiceProps) {
  const t = useTranslations("lists");
  const router = useRouter();
  const [chosen, choose] = useOptimistic(shown);
  const apply = (wanted: string[]) =>
    startTransition(() => {
      choose(wanted);
      router.replace(listHref(path, params, { columns: wanted.join(",") }), { scroll: false });
    });
  return <Choice columns={columns} shown={chosen} label={t("columns")} onApply={apply} />;
}
