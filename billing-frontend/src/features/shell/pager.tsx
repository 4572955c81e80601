import { Button } from "@nextpanel/ui/button";
import Link from "next/link";

import { texts } from "@/i18n/server";

/** The way to older entries of a list; the browser's back button leads to newer ones. */
export async function Pager({ path, next }: { path: string; next: string | null }) {
  if (!next) return null;
  const t = await texts("common");
  const separator = path.includes("?") ? "&" : "?";
  return (
    <div className="mt-4 flex justify-center">
      <Button asChild variant="secondary">
        <Link href={`${path}${separator}cursor=${encodeURIComponent(next)}`}>{t("older")}</Link>
      </Button>
    </div>
  );
}
