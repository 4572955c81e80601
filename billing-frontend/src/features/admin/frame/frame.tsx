"use client";

import { AppShell, type AppShellLabels, type PlaceGroup } from "@nextpanel/ui/app-shell";
import { Button } from "@nextpanel/ui/button";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Command, Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useState } from "react";

import { Palette, type PaletteTexts } from "./palette";
import { usePaletteKeys } from "./use-palette-keys";

interface FrameProps {
  brand: ReactNode;
  banner: ReactNode;
  foot: ReactNode;
  groups: PlaceGroup[];
  labels: AppShellLabels & { search: string };
  palette: PaletteTexts;
  children: ReactNode;
}

/** The frame of every staff page: its places, the search over everything, and what refreshes itself. */
export function Frame({ groups, labels, palette, children, ...parts }: FrameProps) {
  const current = usePathname();
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1 } } }));
  const [isOpen, setOpen] = useState(false);
  usePaletteKeys(() => setOpen((open) => !open));
  return (
    <QueryClientProvider client={client}>
      <AppShell
        {...parts}
        groups={groups}
        current={current}
        Link={Link}
        labels={labels}
        tools={
          <button
            type="button"
            onClick={() => setOpen(true)}
            aria-keyshortcuts="Meta+K Control+K"
            className="flex h-9 w-full items-center gap-2 rounded-control border bg-canvas px-2.5 text-sm text-muted transition-colors hover:border-line-strong"
          >
            <Search aria-hidden className="size-4" />
            {labels.search}
            <kbd aria-hidden className="ml-auto rounded-[0.3rem] border bg-surface px-1.5 font-sans text-xs">
              <Command className="inline size-3 align-[-0.1em]" />K
            </kbd>
          </button>
        }
        barTools={
          <Button variant="ghost" size="icon" aria-label={labels.search} onClick={() => setOpen(true)}>
            <Search aria-hidden />
          </Button>
        }
      >
        {children}
      </AppShell>
      <Palette open={isOpen} onOpenChange={setOpen} places={groups} texts={palette} />
    </QueryClientProvider>
  );
}
