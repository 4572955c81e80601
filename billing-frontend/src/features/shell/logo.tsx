import Link from "next/link";

/** The mark and the name; the way home from everywhere. */
export function Logo({ href = "/", label }: { href?: string; label: string }) {
  return (
    <Link href={href} aria-label={label} className="flex items-center gap-2.5 rounded-control font-semibold tracking-tight">
      <svg aria-hidden viewBox="0 0 32 32" className="size-7">
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <path d="M9.5 22V10h2.6l7.8 8V10h2.6v12h-2.6l-7.8-8v8z" className="fill-on-accent" />
      </svg>
      NextPanel
    </Link>
  );
}
