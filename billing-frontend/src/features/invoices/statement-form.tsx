import { Button } from "@nextpanel/ui/button";
import { Field } from "@nextpanel/ui/field";
import { Input } from "@nextpanel/ui/input";
import { FileDown } from "lucide-react";

import { texts } from "@/i18n/server";

/** Everything of a period as one PDF; the form's address is the file. */
export async function StatementForm() {
  const t = await texts("payments");
  const today = new Date().toISOString().slice(0, 10);
  const first = `${today.slice(0, 4)}-01-01`;
  return (
    <form action="/api/billing/api/v1/statement" className="grid items-end gap-4 sm:grid-cols-[12rem_12rem_auto]">
      <Field label={t("since")}>{(control) => <Input {...control} type="date" name="since" defaultValue={first} max={today} required />}</Field>
      <Field label={t("until")}>{(control) => <Input {...control} type="date" name="until" defaultValue={today} max={today} required />}</Field>
      <Button type="submit" variant="secondary" className="justify-self-start">
        <FileDown aria-hidden /> {t("download")}
      </Button>
    </form>
  );
}
