"use client";

import { Columns3, Search, X } from "lucide-react";
import { Popover } from "radix-ui";
import { type FormEvent, type ReactNode, useRef } from "react";

import { Button } from "./button";
import { cn } from "./lib/cn";

export type Filter =
  | { kind: "search"; name: string; label: string }
  | { kind: "text" | "date" | "month"; name: string; label: string }
  | { kind: "select"; name: string; label: string; options: { value: string; label: string }[]; any?: string };

interface FilterBarProps {
  filters: Filter[];
  /** What the address says, by the filter's name. */
  values: Record<string, string>;
  /** Where the form leads without script, and whose other values stay. */
  action: string;
  kept?: Record<string, string>;
  onApply: (values: Record<string, string>) => void;
  labels: { filters: string; clear: string; apply: string };
  children?: ReactNode;
}

const control =
  "h-8 rounded-control border bg-surface text-sm shadow-card transition-colors hover:border-line-strong focus-within:border-accent";

/** The values of a form that are not empty. */
function valuesOf(form: HTMLFormElement): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value.trim()) found[name] = value.trim();
  return found;
}

function Control({ filter, value, onChange }: { filter: Filter; value: string; onChange: () => void }) {
  if (filter.kind === "search") {
    return (
      <label className={cn(control, "flex min-w-0 flex-1 items-center gap-2 px-2.5 sm:max-w-72")}>
        <Search aria-hidden className="size-4 shrink-0 text-muted" />
        <span className="sr-only">{filter.label}</span>
        <input
          type="search"
          name={filter.name}
          defaultValue={value}
          placeholder={filter.label}
          className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-muted"
        />
      </label>
    );
  }
  return (
    <label className={cn(control, "flex items-center gap-1.5 pl-2.5", value && "border-accent bg-accent-soft")}>
      <span className={cn("whitespace-nowrap", value ? "text-accent" : "text-muted")}>{filter.label}</span>
      {filter.kind === "select" ? (
        <select name={filter.name} defaultValue={value} onChange={onChange} className="h-full max-w-48 rounded-control bg-transparent pr-2 font-medium outline-none">
          <option value="">{filter.any}</option>
          {filter.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          type={filter.kind}
          name={filter.name}
          defaultValue={value}
          onChange={filter.kind === "text" ? undefined : onChange}
          className={cn("h-full rounded-control bg-transparent pr-2 font-medium outline-none", filter.kind === "text" ? "w-32" : "w-36")}
        />
      )}
    </label>
  );
}

/** What a list shows. The address keeps it, so that a filtered list can be sent to a colleague and found by the back button. */
export function FilterBar({ filters, values, action, kept = {}, onApply, labels, children }: FilterBarProps) {
  const form = useRef<HTMLFormElement>(null);
  const isFiltered = filters.some((filter) => values[filter.name]);
  const apply = () => form.current && onApply(valuesOf(form.current));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply();
  };
  return (
    <div className="mb-3 flex flex-wrap items-start gap-2">
      {filters.length > 0 ? (
        <form
          key={JSON.stringify(values)}
          ref={form}
          role="search"
          aria-label={labels.filters}
          method="get"
          action={action}
          onSubmit={submit}
          className="flex min-w-0 flex-1 flex-wrap items-center gap-2"
        >
          {Object.entries(kept).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {filters.map((filter) => (
            <Control key={filter.name} filter={filter} value={values[filter.name] ?? ""} onChange={apply} />
          ))}
          <button type="submit" className="sr-only focus:not-sr-only focus:h-8 focus:rounded-control focus:px-3 focus:text-sm">
            {labels.apply}
          </button>
          {isFiltered ? (
            <Button variant="ghost" size="sm" className="px-2 text-muted" onClick={() => onApply(kept)}>
              <X aria-hidden /> {labels.clear}
            </Button>
          ) : null}
        </form>
      ) : null}
      <div className="ml-auto flex items-center gap-2">{children}</div>
    </div>
  );
}

interface ColumnChoiceProps {
  columns: { key: string; title: ReactNode }[];
  shown: string[];
  label: string;
  onApply: (shown: string[]) => void;
}

/** Which columns a table shows; at least one. */
export function ColumnChoice({ columns, shown, label, onApply }: ColumnChoiceProps) {
  const toggle = (key: string) => {
    const wanted = columns.map((column) => column.key).filter((each) => (each === key ? !shown.includes(key) : shown.includes(each)));
    if (wanted.length > 0) onApply(wanted);
  };
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button variant="secondary" size="sm" className="px-2.5">
          <Columns3 aria-hidden /> <span className="max-sm:sr-only">{label}</span>
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="end" sideOffset={6} aria-label={label} className="z-50 w-56 animate-rise rounded-card border bg-surface p-1.5 shadow-lifted">
          {columns.map((column) => (
            <label key={column.key} className="flex h-8 items-center gap-2.5 rounded-control px-2 text-sm hover:bg-sunken">
              <input type="checkbox" className="size-4 accent-accent" checked={shown.includes(column.key)} onChange={() => toggle(column.key)} />
              {column.title}
            </label>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
