import type { ReactNode } from "react";

export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };

function Leaf({ value }: { value: Exclude<Json, object> }) {
  if (typeof value === "string") return <span className="text-good [overflow-wrap:anywhere]">&quot;{value}&quot;</span>;
  if (typeof value === "number") return <span className="text-accent">{value}</span>;
  return <span className="text-warn">{String(value)}</span>;
}

function Entry({ name, value, depth, open }: { name: ReactNode; value: Json; depth: number; open: number }) {
  const label = <span className="text-muted">{name}</span>;
  if (typeof value !== "object" || value === null) {
    return (
      <li className="pl-4">
        {label}: <Leaf value={value} />
      </li>
    );
  }
  const entries = Array.isArray(value) ? value.map((each, index) => [index, each] as const) : Object.entries(value);
  const [before, after] = Array.isArray(value) ? "[]" : "{}";
  if (entries.length === 0) {
    return (
      <li className="pl-4">
        {label}: {before}
        {after}
      </li>
    );
  }
  return (
    <li>
      <details open={depth < open}>
        <summary className="rounded-control marker:text-muted">
          {label}: {before}
          <span className="text-muted">{entries.length}</span>
          {after}
        </summary>
        <ul className="ml-1.5 border-l pl-3">
          {entries.map(([key, each]) => (
            <Entry key={key} name={key} value={each} depth={depth + 1} open={open} />
          ))}
        </ul>
      </details>
    </li>
  );
}

/** A document as it came, to open and close part by part; `open` levels are open at first. It needs no script. */
export function JsonView({ name, value, open = 2 }: { name: string; value: Json; open?: number }) {
  return (
    <ul className="overflow-x-auto p-4 font-mono text-xs leading-6" tabIndex={0} role="region" aria-label={name}>
      <Entry name={name} value={value} depth={0} open={open} />
    </ul>
  );
}
