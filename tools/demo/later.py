"""The weeks after the purchase: the sandbox's clock is moved, everything follows it, and the license moves on."""

import uuid
from datetime import UTC, datetime, timedelta

from demo.http import Api, DemoError, Json
from demo.telling import Telling, money, wait_for
from demo.world import LogIns, Mailbox

BIGGER_PLAN = "professional"
_DAYS_BEFORE_UPGRADE = 10
# A renewal is drafted when the period ends and charged an hour later.
_AFTER_PERIOD_END = timedelta(hours=2)


class Later:
    """One upgrade in the middle of the year, and the renewal at its end. Each part raises DemoError when it fails."""

    def __init__(
        self, *, billing: Api, panel: Api, sandbox: Api, mailbox: Mailbox, log_ins: LogIns, telling: Telling
    ) -> None:
        self._billing = billing
        self._panel = panel
        self._sandbox = sandbox
        self._mailbox = mailbox
        self._log_ins = log_ins
        self._telling = telling

    def upgrade(self) -> Json:
        """Change to the bigger plan and use it at the panel; return the facts."""
        with self._telling.part("upgrade"):
            self._move(timedelta(days=_DAYS_BEFORE_UPGRADE))
            before = self._license()
            quote = self._confirm_quote()
            license_row = wait_for("the new plan", lambda: self._license_if(plan=BIGGER_PLAN))
            invoice = self._newest_paid_invoice()
            if invoice["total_amount"] != quote["today_amount"]:
                raise DemoError(f"quoted {quote['today_amount']}, billed {invoice['total_amount']}")
            self._telling.say(f"invoice {invoice['number']}: {self._amount(invoice)} is paid")
            quotas = [row["entitlements"]["quotas"]["databases"] for row in (before, license_row)]
            self._telling.say(f"the license grants {quotas[1]} databases instead of {quotas[0]}")
            me = wait_for("the new quota at the panel", lambda: self._panel_with(databases=quotas[1]))
            self._telling.say(f"the panel knows: plan {me['plan']}, {me['quotas']['databases']} databases")
            made = self._panel.post("/api/v1/databases", {"name": "shop6"}, key=str(uuid.uuid4()))
            self._telling.say(f"creates database {made['database']}, the sixth; {made['quota_remaining']} left")
        return {
            "from_plan": before["plan"],
            "to_plan": license_row["plan"],
            **{name: quote[name] for name in ("today_amount", "next_amount", "next_at", "currency", "summary")},
            "status": quote["status"],
            "invoice_number": invoice["number"],
            "databases_before": quotas[0],
            "databases_after": quotas[1],
            "panel_databases": me["quotas"]["databases"],
            "database": made["database"],
            "quota_remaining": made["quota_remaining"],
        }

    def renew(self) -> Json:
        """Let the year end; return what was paid and until when the license is good."""
        with self._telling.part("renewal"):
            subscription = self._subscription()
            paid_before = {row["id"] for row in self._invoices()}
            end = datetime.fromisoformat(subscription["current_period_end"])
            self._move(end + _AFTER_PERIOD_END - self._now())
            invoice = wait_for("the paid invoice of the renewal", lambda: self._renewal_paid(paid_before))
            self._telling.say(f"the renewal is paid: invoice {invoice['number']}, {self._amount(invoice)}")
            license_row = wait_for("the extended license", lambda: self._license_if(after=end))
            until = datetime.fromisoformat(license_row["expiry_date"])
            self._telling.say(f"license NP-····-····-{license_row['last4']} is good until {_day(until)}")
            mail, pdf = wait_for("the mail with the invoice", lambda: self._mailed(invoice["number"]))
            self._telling.say(f'gets the mail "{mail["subject"]}" with {pdf["filename"]} ({pdf["size"]} bytes)')
        return {
            "invoice_number": invoice["number"],
            "invoice_status": invoice["status"],
            "total_amount": invoice["total_amount"],
            "currency": invoice["currency"],
            "paid_at": invoice["paid_at"],
            "expiry_before": subscription["current_period_end"],
            "expiry_after": license_row["expiry_date"],
            "mail_subject": mail["subject"],
            "attachment": pdf["filename"],
        }

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._sandbox.get("/admin/clock")["now"], UTC)

    def _move(self, by: timedelta) -> None:
        """Move the time of the whole stack; the sessions of before are too old then."""
        self._sandbox.post("/admin/clock/advance", {"seconds": int(by.total_seconds())})
        self._telling.say(f"{by.days} days go by: it is {_day(self._now())}")
        self._billing.log_in_with(self._log_ins.email, self._log_ins.billing_password)
        self._panel.log_in_with(self._log_ins.panel_username, self._log_ins.panel_password)

    def _confirm_quote(self) -> Json:
        """Ask what the bigger plan costs, say so, and agree; return the quote with its status after that."""
        subscription = self._subscription()
        path = f"/api/v1/subscriptions/{subscription['id']}/changes"
        wish = {"plan": BIGGER_PLAN, "interval": subscription["interval"], "timing": "now"}
        quote = self._billing.post(path, wish, key=str(uuid.uuid4()))
        self._telling.say(f"asks for the {BIGGER_PLAN} plan: {quote['summary']}")
        for line in quote["lines"]:
            self._telling.say(f"    {line['formula']}")
        answer = self._billing.post(f"{path}/{quote['id']}/confirm", {}, key=str(uuid.uuid4()))
        if answer["client_secret"] is not None:
            raise DemoError("the upgrade asks for a confirmation by the bank, which this card never does")
        self._telling.say("agrees; Stripe charges the card")

        def applied() -> Json | None:
            change = self._billing.get(f"{path}/{quote['id']}")
            return change if change["status"] == "applied" else None

        return {**quote, "status": wait_for("the change", applied)["status"]}

    def _subscription(self) -> Json:
        found: Json = self._billing.get("/api/v1/subscriptions")["items"][0]
        return found

    def _license(self) -> Json:
        (found,) = self._billing.get("/api/v1/licenses")["items"]
        return self._billing.get(f"/api/v1/licenses/{found['id']}")

    def _license_if(self, *, plan: str | None = None, after: datetime | None = None) -> Json | None:
        found = self._license()
        is_it = found["plan"] == plan if plan else True
        if after is not None:
            is_it = is_it and datetime.fromisoformat(found["expiry_date"]) > after
        return found if is_it else None

    def _panel_with(self, *, databases: int) -> Json | None:
        me = self._panel.get("/api/v1/me")
        return me if me["quotas"]["databases"] == databases else None

    def _invoices(self) -> list[Json]:
        """Return the paid invoices, oldest first."""
        items: list[Json] = self._billing.get("/api/v1/invoices")["items"]
        return sorted((row for row in items if row["status"] == "paid"), key=lambda row: str(row["created_at"]))

    def _newest_paid_invoice(self) -> Json:
        return wait_for("the paid invoice", lambda: next(iter(self._invoices()[1:]), None))

    def _renewal_paid(self, known: set[str]) -> Json | None:
        new = [row for row in self._invoices() if row["id"] not in known]
        return next((row for row in new if row["billing_reason"] == "subscription_cycle"), None)

    def _mailed(self, invoice_number: str) -> tuple[Json, Json] | None:
        """Return the mail with the invoice, and its PDF."""
        for listed in self._mailbox.all():
            mail = self._mailbox.open(listed)
            pdfs = [part for part in mail["attachments"] if part["content_type"] == "application/pdf"]
            if pdfs and invoice_number in mail["subject"] + mail["text"]:
                return mail, pdfs[0]
        return None

    @staticmethod
    def _amount(invoice: Json) -> str:
        return money(invoice["total_amount"], invoice["currency"])


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
