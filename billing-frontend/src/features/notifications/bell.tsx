import { Button } from "@nextpanel/ui/button";
import { Bell as Icon } from "lucide-react";
import Link from "next/link";

import { texts } from "@/i18n/server";
import { api } from "@/server/api";

async function unread(): Promise<number> {
  try {
    const { data } = await (await api()).GET("/api/v1/notifications", { params: { query: { limit: 1, unread: true } } });
    return data?.unread_count ?? 0;
  } catch {
    // The page itself says when the API does not answer.
    return 0;
  }
}

/** The way to the notifications, with how many are unread. */
export async function Bell() {
  const [t, count] = await Promise.all([texts("shell"), unread()]);
  return (
    <Button asChild variant="ghost" size="icon" className="relative">
      <Link href="/notifications" aria-label={t("notificationsOf", { count })}>
        <Icon aria-hidden />
        {count > 0 ? (
          <span aria-hidden className="numeric absolute right-0.5 top-0.5 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-[0.625rem] font-semibold leading-none text-on-accent">
            {count > 99 ? "99+" : count}
          </span>
        ) : null}
      </Link>
    </Button>
  );
}
