import { texts } from "@/i18n/server";
import { config } from "@/server/config";

/** Says that no real money moves, wherever that is so. */
export async function SandboxNote() {
  if (config().stripe.mode !== "sandbox") return null;
  const t = await texts("shell");
  return (
    <aside aria-label={t("sandboxLabel")} className="bg-warn-soft px-4 py-1.5 text-center text-xs font-medium text-warn">
      {t("sandbox")}
    </aside>
  );
}
