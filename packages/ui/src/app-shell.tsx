"use client";

import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";

import { Button } from "./button";
import type { LinkComponent } from "./lib/link";
import { cn } from "./lib/cn";

export interface Place {
  href: string;
  label: string;
  icon: ReactNode;
  /** Stands at the right of the label, such as how many things wait there. */
  note?: ReactNode;
}

export interface PlaceGroup {
  label: string;
  places: Place[];
}

export interface AppShellLabels {
  nav: string;
  skip: string;
  open: string;
  close: string;
}

interface AppShellProps {
  brand: ReactNode;
  groups: PlaceGroup[];
  /** The path of the page that is shown. */
  current: string;
  Link: LinkComponent;
  labels: AppShellLabels;
  /** Above the places: what is used most, such as the search. */
  tools?: ReactNode;
  /** On phones at the right of the bar. */
  barTools?: ReactNode;
  /** Below the places: whose account this is. */
  foot?: ReactNode;
  /** Above everything, such as a note that this is a test. */
  banner?: ReactNode;
  children: ReactNode;
}

/** The place whose path is the longest beginning of the present one, so that a detail page lights its list. */
export function presentPlace(groups: PlaceGroup[], current: string): string | null {
  const here = groups
    .flatMap((group) => group.places.map((place) => place.href))
    .filter((href) => current === href || current.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length);
  return here[0] ?? null;
}

function Places({ groups, current, Link, label, onGo }: { groups: PlaceGroup[]; current: string; Link: LinkComponent; label: string; onGo?: () => void }) {
  const present = presentPlace(groups, current);
  return (
    <nav aria-label={label} className="space-y-5">
      {groups.map((group) => (
        <div key={group.label}>
          <p className="px-2.5 pb-1 text-xs font-medium text-muted">{group.label}</p>
          <ul className="space-y-px">
            {group.places.map((place) => (
              <li key={place.href}>
                <Link
                  href={place.href}
                  onClick={onGo}
                  aria-current={place.href === present ? "page" : undefined}
                  className={cn(
                    "flex h-10 items-center gap-2.5 rounded-control px-2.5 text-sm font-medium transition-colors lg:h-8 [&_svg]:size-4 [&_svg]:shrink-0",
                    place.href === present ? "bg-accent-soft text-accent" : "text-muted hover:bg-sunken hover:text-ink",
                  )}
                >
                  {place.icon}
                  <span className="min-w-0 flex-1 truncate">{place.label}</span>
                  {place.note}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** The frame of an application with many places: a column at the left on a desk, a drawer on a phone. */
export function AppShell({ brand, groups, current, Link, labels, tools, barTools, foot, banner, children }: AppShellProps) {
  const [open, setOpen] = useState(false);
  const places = (onGo?: () => void) => <Places groups={groups} current={current} Link={Link} label={labels.nav} onGo={onGo} />;
  return (
    <>
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        {labels.skip}
      </a>
      {banner}
      <div className="grid grid-cols-[minmax(0,1fr)] lg:grid-cols-[15rem_minmax(0,1fr)]">
        <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-surface px-3 lg:hidden">
          <Dialog.Root open={open} onOpenChange={setOpen}>
            <Dialog.Trigger asChild>
              <Button variant="ghost" size="icon" aria-label={labels.open}>
                <Menu aria-hidden />
              </Button>
            </Dialog.Trigger>
            <Dialog.Portal>
              <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45" />
              <Dialog.Content
                aria-describedby={undefined}
                className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] animate-fade flex-col gap-5 overflow-y-auto border-r bg-surface p-4 shadow-lifted"
              >
                <div className="flex items-center justify-between">
                  <Dialog.Title className="text-sm font-semibold">{labels.nav}</Dialog.Title>
                  <Dialog.Close asChild>
                    <Button variant="ghost" size="icon" aria-label={labels.close}>
                      <X aria-hidden />
                    </Button>
                  </Dialog.Close>
                </div>
                {places(() => setOpen(false))}
                <div className="mt-auto border-t pt-4">{foot}</div>
              </Dialog.Content>
            </Dialog.Portal>
          </Dialog.Root>
          {brand}
          <div className="ml-auto">{barTools}</div>
        </header>
        <aside className="hidden border-r bg-surface lg:block">
          <div className="sticky top-0 flex h-dvh flex-col">
            <div className="space-y-4 px-3 pb-3 pt-4">
              <div className="px-2">{brand}</div>
              {tools}
            </div>
            <div className="min-h-0 flex-1 overflow-y-auto px-3 py-2" tabIndex={-1}>
              {places()}
            </div>
            <div className="border-t p-3">{foot}</div>
          </div>
        </aside>
        <main id="content" className="min-w-0 px-4 py-6 sm:px-6 lg:px-8 lg:py-8">
          <div className="mx-auto max-w-[90rem]">{children}</div>
        </main>
      </div>
    </>
  );
}
