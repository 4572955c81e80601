import { Button } from "@nextpanel/ui/button";
import Link from "next/link";

import { texts } from "@/i18n/server";

export default async function NotFoundPage() {
  const t = await texts("problems");
  return (
    <main className="mx-auto flex max-w-md flex-col items-center px-4 py-28 text-center">
      <p className="numeric text-sm font-medium text-accent">404</p>
      <h1 className="mt-2 text-title font-semibold">{t("notFoundTitle")}</h1>
      <p className="mt-2 text-muted">{t("notFoundText")}</p>
      <Button asChild className="mt-6">
        <Link href="/">{t("toHome")}</Link>
      </Button>
    </main>
  );
}
