import { Badge } from "@nextpanel/ui/badge";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";

import { locale, texts } from "@/i18n/server";
import { formatDay } from "@/lib/format";
import { api, need } from "@/server/api";

import { NewApiKey, RevokeApiKey } from "./api-keys";

const MOST = 100;

/** The API keys of a license: what each may do, when it was last used, and the way to end it. */
export async function ApiKeyList({ licenseId }: { licenseId: string }) {
  const params = { path: { license_id: licenseId }, query: { limit: MOST } };
  const [t, language, keys] = await Promise.all([
    texts("licenses"),
    locale(),
    need((await api()).GET("/api/v1/licenses/{license_id}/api-keys", { params })),
  ]);
  const active = keys.items.filter((each) => each.is_active);
  return (
    <Card>
      <CardHeader title={t("apiKeys")} description={t("apiKeysHelp")} actions={<NewApiKey licenseId={licenseId} />} />
      <CardBody>
        {active.length === 0 ? (
          <p className="text-sm text-muted">{t("noKey")}</p>
        ) : (
          <ul>
            {active.map((each) => (
              <li key={each.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b py-3.5 first:pt-0 last:border-0 last:pb-0">
                <div className="min-w-0 flex-1">
                  <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                    <bdi className="[overflow-wrap:anywhere]">{each.name}</bdi>
                    {each.expires_at ? <Badge>{t("keyUntil", { day: formatDay(each.expires_at, language) })}</Badge> : null}
                  </p>
                  <p className="mt-0.5 text-sm text-muted">
                    <code className="font-mono text-xs">{each.public_id}</code>
                    {" · "}
                    {each.last_used_at ? t("keyUsed", { day: formatDay(each.last_used_at, language) }) : t("keyUnused")}
                  </p>
                </div>
                <RevokeApiKey licenseId={licenseId} keyId={each.id} name={each.name} />
              </li>
            ))}
          </ul>
        )}
      </CardBody>
    </Card>
  );
}
