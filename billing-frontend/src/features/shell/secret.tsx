"use client";

import { Button } from "@nextpanel/ui/button";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl/react";

/** Something to be copied rather than read, such as a key. */
export function Secret({ value }: { value: string }) {
  const t = useTranslations("common");
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(value).then(() => setCopied(true), () => setCopied(false));
  return (
    <div className="flex flex-wrap items-center gap-3">
      <code className="min-w-0 flex-1 select-all rounded-control bg-sunken px-4 py-3 text-center font-mono text-sm [overflow-wrap:anywhere]">{value}</code>
      <Button variant="secondary" onClick={copy}>
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />} {copied ? t("copied") : t("copy")}
      </Button>
    </div>
  );
}
