import "server-only";

import { Section } from "@nextpanel/ui/detail-page";
import { Cell, Row, Table } from "@nextpanel/ui/table";

import { api, need } from "@/server/api";

import { Action } from "../action/action";
import { formats } from "../formats";
import { may } from "../staff";
import { adminTexts } from "../texts";

const cell = "px-4 py-2.5 sm:px-4";

/** The customer's credit, what made it, and the way to change it. */
export async function Balance({ userId }: { userId: string }) {
  if (!(await may("invoices:read"))) return null;
  const client = await api();
  const at = { user_id: userId };
  const [balance, f, t] = await Promise.all([
    need(client.GET("/api/v1/admin/customers/{user_id}/balance", { params: { path: at } })),
    formats(),
    adminTexts("customer"),
  ]);
  return (
    <Section
      title={`${t("balance")}: ${f.money(balance.amount, balance.currency)}`}
      actions={
        <Action
          config={{
            name: "adjustBalance",
            method: "post",
            api: "/api/v1/admin/customers/{user_id}/balance/adjustments",
            at,
            permission: "refunds:write",
            fixed: { currency: balance.currency },
            fields: [
              { kind: "money", name: "amount", currency: balance.currency, isSigned: true, isRequired: true, hint: "signedAmount" },
              { kind: "textarea", name: "reason", isRequired: true, most: 300 },
            ],
          }}
        />
      }
    >
      {balance.entries.length === 0 ? (
        <p className="p-4 text-sm text-muted">{t("noBalance")}</p>
      ) : (
        <Table>
          <tbody>
            {balance.entries.map((entry) => (
              <Row key={entry.id}>
                <Cell className={cell}>{entry.description ?? f.word(entry.kind)}</Cell>
                <Cell className={`${cell} text-muted`}>{f.time(entry.created_at)}</Cell>
                <Cell className={`${cell} numeric text-right font-medium`}>{f.money(entry.amount, entry.currency)}</Cell>
                <Cell className={`${cell} numeric text-right text-muted`}>{f.money(entry.ending_balance, entry.currency)}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
