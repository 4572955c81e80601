"use client";

import { Command } from "cmdk";
import { LoaderCircle, Search } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

export interface PaletteItem {
  id: string;
  title: string;
  detail?: string;
  icon?: ReactNode;
}

export interface PaletteGroup {
  label: string;
  items: PaletteItem[];
}

interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  query: string;
  onQueryChange: (query: string) => void;
  groups: PaletteGroup[];
  onChoose: (item: PaletteItem) => void;
  pending?: boolean;
  /** Instead of results: that there are none, or why they could not be had. */
  note?: ReactNode;
  labels: { title: string; placeholder: string; results: string; help: ReactNode };
}

/** Everything by name, without the mouse: arrows move, Enter goes, Escape leaves. What matches is the caller's to say. */
export function CommandPalette({ open, onOpenChange, query, onQueryChange, groups, onChoose, pending, note, labels }: CommandPaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-fade bg-black/45 backdrop-blur-[2px]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-2 z-50 animate-rise overflow-hidden rounded-card border bg-surface shadow-lifted sm:inset-x-auto sm:left-1/2 sm:top-[14vh] sm:ml-[-18rem] sm:w-[36rem]"
        >
          <Dialog.Title className="sr-only">{labels.title}</Dialog.Title>
          <Command shouldFilter={false} loop label={labels.title}>
            <div className="flex items-center gap-3 border-b px-4">
              {pending ? <LoaderCircle aria-hidden className="size-4 animate-spin text-muted" /> : <Search aria-hidden className="size-4 text-muted" />}
              <Command.Input
                value={query}
                onValueChange={onQueryChange}
                placeholder={labels.placeholder}
                className="h-13 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-muted"
              />
            </div>
            <Command.List label={labels.results} className="max-h-[min(26rem,60dvh)] overflow-y-auto p-2">
              {note ? <p className="px-3 py-6 text-center text-sm text-muted">{note}</p> : null}
              {groups.map((group) =>
                group.items.length > 0 ? (
                  <Command.Group
                    key={group.label}
                    heading={group.label}
                    className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted"
                  >
                    {group.items.map((item) => (
                      <Command.Item
                        key={item.id}
                        value={item.id}
                        onSelect={() => onChoose(item)}
                        className="flex min-h-10 cursor-pointer items-center gap-3 rounded-control px-3 py-1.5 text-sm data-[selected=true]:bg-accent-soft [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
                      >
                        {item.icon}
                        <span className="min-w-0 truncate font-medium">{item.title}</span>
                        {item.detail ? <span className="ml-auto max-w-[50%] shrink-0 truncate text-muted">{item.detail}</span> : null}
                      </Command.Item>
                    ))}
                  </Command.Group>
                ) : null,
              )}
            </Command.List>
            <p className="border-t px-4 py-2 text-xs text-muted">{labels.help}</p>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
