"use client";

import type { PlaceGroup } from "@nextpanel/ui/app-shell";
import { CommandPalette, type PaletteGroup } from "@nextpanel/ui/command-palette";
import { Globe, KeyRound, Package, Receipt, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { type Hit, useSearch } from "./use-search";

export interface PaletteTexts {
  title: string;
  placeholder: string;
  results: string;
  help: string;
  nothing: string;
  failed: string;
  kinds: Record<Hit["kind"], string>;
}

interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  places: PlaceGroup[];
  texts: PaletteTexts;
}

const KINDS = {
  customer: { path: "/admin/customers", icon: <UserRound aria-hidden /> },
  order: { path: "/admin/orders", icon: <Package aria-hidden /> },
  license: { path: "/admin/licenses", icon: <KeyRound aria-hidden /> },
  domain: { path: "/admin/domains", icon: <Globe aria-hidden /> },
  invoice: { path: "/admin/invoices", icon: <Receipt aria-hidden /> },
} satisfies Record<Hit["kind"], unknown>;

function found(hits: Hit[], texts: PaletteTexts): PaletteGroup[] {
  return (Object.keys(KINDS) as Hit["kind"][]).map((kind) => ({
    label: texts.kinds[kind],
    items: hits
      .filter((hit) => hit.kind === kind)
      .map((hit) => ({ id: `${KINDS[kind].path}/${hit.id}`, title: hit.title, detail: hit.detail, icon: KINDS[kind].icon })),
  }));
}

function placesNamed(places: PlaceGroup[], query: string): PaletteGroup[] {
  const wanted = query.trim().toLowerCase();
  return places.map((group) => ({
    label: group.label,
    items: group.places
      .filter((place) => place.label.toLowerCase().includes(wanted))
      .map((place) => ({ id: place.href, title: place.label, icon: place.icon })),
  }));
}

/** The way to everything by name: what is found of our customers' things first, then our own pages. */
export function Palette({ open, onOpenChange, places, texts }: PaletteProps) {
  const router = useRouter();
  const [query, setQuery] = useState("");
  const { hits, isFetching, isError } = useSearch(query);
  const groups = [...found(hits, texts), ...placesNamed(places, query)];
  const isEmpty = !isFetching && groups.every((group) => group.items.length === 0);
  const close = (wanted: boolean) => {
    setQuery("");
    onOpenChange(wanted);
  };
  return (
    <CommandPalette
      open={open}
      onOpenChange={close}
      query={query}
      onQueryChange={setQuery}
      groups={groups}
      pending={isFetching}
      onChoose={(item) => {
        close(false);
        router.push(item.id);
      }}
      note={isError ? texts.failed : isEmpty ? texts.nothing : undefined}
      labels={texts}
    />
  );
}
