import { Badge } from "@nextpanel/ui/badge";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { PageHeader } from "@nextpanel/ui/page";
import type { Metadata } from "next";

import { DetailsForm, EmailForm, PasswordForm } from "@/features/profile/profile-forms";
import { EndAllSessions, EndSession } from "@/features/profile/session-actions";
import { LanguageSwitch } from "@/i18n/language-switch";
import { ClientTexts } from "@/i18n/client-texts";
import { locale, texts } from "@/i18n/server";
import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("profile"))("title") };
}

type Session = components["schemas"]["SessionAnswer"];

/** The browser's name out of its long self-description. */
function browserName(agent: string | null, unknown: string): string {
  const found = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent ?? "")?.[1];
  return { Edg: "Edge", OPR: "Opera" }[found ?? ""] ?? found ?? unknown;
}

async function Sessions({ sessions }: { sessions: Session[] }) {
  const [t, language] = await Promise.all([texts("profile"), locale()]);
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return (
    <ul>
      {sessions.map((each) => (
        <li key={each.id} className="flex flex-wrap items-center justify-between gap-3 border-b py-3 last:border-0">
          <div className="min-w-0">
            <p className="flex items-center gap-2 text-sm font-medium">
              {browserName(each.user_agent, t("unknownBrowser"))}
              {each.current ? <Badge tone="good">{t("thisDevice")}</Badge> : null}
            </p>
            <p className="numeric text-sm text-muted">
              {t("lastSeen", { time: format.format(new Date(each.last_seen_at)) })}
              {each.ip ? ` · ${each.ip}` : ""}
            </p>
          </div>
          {each.current ? null : <EndSession id={each.id} />}
        </li>
      ))}
    </ul>
  );
}

export default async function ProfilePage() {
  const client = await api();
  const [t, me, details, sessions] = await Promise.all([
    texts("profile"),
    need(client.GET("/api/v1/me")),
    need(client.GET("/api/v1/me/billing-details")),
    need(client.GET("/api/v1/me/sessions", { params: { query: { limit: 20 } } })),
  ]);
  return (
    <ClientTexts namespaces={["profile"]}>
      <PageHeader title={t("title")} description={me.email} />
      <div className="space-y-6">
        <Card>
          <CardHeader title={t("details")} description={t("detailsHelp")} />
          <CardBody>
            <DetailsForm
              initial={{
                full_name: me.full_name,
                company_name: details.company_name ?? "",
                vat_number: details.vat?.number ?? "",
                address_line1: details.address_line1 ?? "",
                address_line2: details.address_line2 ?? "",
                postal_code: details.postal_code ?? "",
                city: details.city ?? "",
                region: details.region ?? "",
                country: details.country ?? "",
              }}
            />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t("language")} description={t("languageHelp")} />
          <CardBody>
            <LanguageSwitch className="-mx-2" />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t("email")} description={t("emailHelp", { email: me.email })} />
          <CardBody>
            <EmailForm />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t("password")} />
          <CardBody>
            <PasswordForm />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t("sessions")} description={t("sessionsHelp")} actions={<EndAllSessions />} />
          <CardBody>
            <Sessions sessions={sessions.items} />
          </CardBody>
        </Card>
      </div>
    </ClientTexts>
  );
}
