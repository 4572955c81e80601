import "server-only";

import { DetailPage } from "@nextpanel/ui/detail-page";
import Link from "next/link";
import type { ReactNode } from "react";

import type { SearchParams } from "./list/address";
import type { ListName } from "./list/config";
import { NotAllowed } from "./list/list-view";
import { type Permission, staff } from "./staff";
import { adminTexts } from "./texts";

interface DetailProps {
  /** The list it comes from, by its texts and path. */
  list: { name: ListName; path: string };
  title: ReactNode;
  badge?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
}

/** One thing of a list and everything about it. */
export async function Detail({ list, ...page }: DetailProps) {
  const [texts, frame] = await Promise.all([adminTexts("lists"), adminTexts("frame")]);
  return <DetailPage back={{ href: list.path, label: texts(`${list.name}.title`) }} backLabel={frame("back")} Link={Link} {...page} />;
}

interface PageProps<P> {
  params: Promise<P>;
  searchParams: Promise<SearchParams>;
}

/** Makes the page of one thing: nothing of it is loaded for somebody whose role does not reach it. */
export function detailPage<P>(permission: Permission, Page: (params: P, search: SearchParams) => Promise<ReactNode>) {
  return async function Guarded({ params, searchParams }: PageProps<P>) {
    if (!(await staff()).permissions.includes(permission)) return <NotAllowed />;
    return Page(await params, await searchParams);
  };
}
