import "server-only";

import { Alert } from "@nextpanel/ui/alert";
import { Section } from "@nextpanel/ui/detail-page";

import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { adminTexts } from "../texts";
import { MAILS } from "./list";

export async function MailPage({ id }: { id: string }) {
  const client = await api();
  const [mail, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/mails/{mail_id}", { params: { path: { mail_id: id } } })),
    formats(),
    adminTexts("mail"),
  ]);
  return (
    <Detail
      list={MAILS}
      title={mail.subject}
      badge={f.state(mail.status)}
      description={mail.to_address}
      aside={
        <Facts
          facts={{
            user_id: <IdLink base="/admin/customers" id={mail.user_id} />,
            template: f.word(mail.template),
            attempts: f.number(mail.attempts),
            created_at: f.time(mail.created_at),
            sent_at: f.time(mail.sent_at),
            next_attempt_at: f.time(mail.next_attempt_at),
            message_id: <Code>{mail.message_id}</Code>,
            id: <Code>{mail.id}</Code>,
          }}
        />
      }
    >
      {mail.last_error ? (
        <Alert tone="bad" title={t("notSent")}>
          {mail.last_error}
        </Alert>
      ) : null}
      {mail.html ? (
        <Section title={t("html")}>
          {/* Without any permission: the mail can neither run script nor leave its frame. */}
          <iframe title={t("html")} sandbox="" srcDoc={mail.html} referrerPolicy="no-referrer" className="h-[36rem] w-full bg-white" />
        </Section>
      ) : null}
      {mail.text ? (
        <Section title={t("text")}>
          <pre className="whitespace-pre-wrap p-4 font-mono text-xs leading-5 [overflow-wrap:anywhere]">{mail.text}</pre>
        </Section>
      ) : null}
      {mail.html === null && mail.text === null ? <Alert>{t("gone")}</Alert> : null}
    </Detail>
  );
}
