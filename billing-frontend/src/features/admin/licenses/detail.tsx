import "server-only";

import { Alert } from "@nextpanel/ui/alert";
import { Section } from "@nextpanel/ui/detail-page";
import { Meter } from "@nextpanel/ui/meter";
import { Cell, Row, Table } from "@nextpanel/ui/table";

import type { components } from "@/lib/billing-api";
import { api, need } from "@/server/api";

import { Detail } from "../detail";
import { Code, CustomerLink, Facts, IdLink } from "../details";
import { formats } from "../formats";
import { ListPart } from "../list/list-view";
import { PAYMENTS } from "../payments/list";
import { adminTexts } from "../texts";
import { LicenseActions } from "./actions";
import { LICENSES } from "./list";

type License = components["schemas"]["StaffLicenseDetail"];

async function PanelAccount({ account }: { account: NonNullable<License["panel_account"]> }) {
  const [f, t] = await Promise.all([formats(), adminTexts("license")]);
  const error = account.sync_error ?? account.last_error;
  return (
    <>
      {error ? (
        <Alert tone="bad" title={t("panelError")}>
          {error}
        </Alert>
      ) : null}
      <Section title={t("panel")} actions={f.state(account.status)}>
        <Table>
          <tbody>
            {(
              [
                ["panel_server", account.panel_server_name],
                ["username", <Code key="username">{account.username}</Code>],
                ["wanted_status", account.wanted_status ? f.word(account.wanted_status) : null],
                ["command_status", account.command_status ? f.state(account.command_status) : null],
                ["login_url", <Code key="url">{account.login_url}</Code>],
              ] as const
            ).map(([name, value]) => (
              <Row key={name}>
                <Cell className="w-40 px-4 py-2.5 text-muted sm:px-4">{f.field(name)}</Cell>
                <Cell className="px-4 py-2.5 sm:px-4">{value ?? "–"}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      </Section>
    </>
  );
}

async function ApiKeys({ keys }: { keys: License["api_keys"] }) {
  const [f, t] = await Promise.all([formats(), adminTexts("license")]);
  if (keys.length === 0) return null;
  return (
    <Section title={t("keys")}>
      <Table>
        <tbody>
          {keys.map((key) => (
            <Row key={key.id}>
              <Cell className="px-4 py-2.5 font-medium sm:px-4">{key.name}</Cell>
              <Cell className="px-4 py-2.5 sm:px-4">
                <Code>{key.public_id}</Code>
              </Cell>
              <Cell className="px-4 py-2.5 sm:px-4">{f.state(key.is_active ? "active" : "revoked")}</Cell>
              <Cell className="px-4 py-2.5 text-right text-muted sm:px-4">{f.time(key.last_used_at)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

export async function LicensePage({ id }: { id: string }) {
  const client = await api();
  const [license, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/licenses/{license_id}", { params: { path: { license_id: id } } })),
    formats(),
    adminTexts("license"),
  ]);
  return (
    <Detail
      list={LICENSES}
      title={`…-${license.last4}`}
      badge={f.state(license.status)}
      description={[f.word(license.plan), license.suspended_reason ? f.word(license.suspended_reason) : null].filter(Boolean).join(" · ")}
      actions={<LicenseActions license={license} />}
      aside={
        <Facts
          facts={{
            user_id: <CustomerLink customer={license.customer} />,
            order_id: <IdLink base="/admin/orders" id={license.order_id} />,
            subscription_id: (
              <span className="flex flex-col">
                {license.subscription_ids.map((each) => (
                  <IdLink key={each} base="/admin/subscriptions" id={each} />
                ))}
              </span>
            ),
            created_at: f.time(license.created_at),
            expiry_date: f.time(license.expiry_date),
            grace_until: f.time(license.grace_until),
            auto_renew: f.word(license.auto_renew ? "yes" : "no"),
            nextpanel_user_id: <Code>{license.nextpanel_user_id}</Code>,
            id: <Code>{license.id}</Code>,
          }}
        />
      }
    >
      <Section title={t("usage")} padded>
        <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
          {Object.entries(license.usage).map(([name, quota]) => (
            <Meter
              key={name}
              label={f.word(name)}
              used={quota.used}
              maximum={quota.maximum}
              text={quota.maximum === null ? t("unlimited", { used: quota.used }) : t("usedOf", { used: quota.used, maximum: quota.maximum })}
            />
          ))}
        </div>
      </Section>
      {license.panel_account ? <PanelAccount account={license.panel_account} /> : null}
      <ApiKeys keys={license.api_keys} />
      <Section title={t("payments")}>
        <ListPart config={PAYMENTS} only={{ license_id: id }} />
      </Section>
    </Detail>
  );
}
