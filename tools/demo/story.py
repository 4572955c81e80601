"""The story of one customer, told as it happens and kept as facts."""

import secrets
import uuid
from dataclasses import dataclass, field

from demo import watch
from demo.http import Api, DemoError, Json
from demo.later import Later
from demo.telling import Telling, money
from demo.world import LogIns, Mailbox, pay, token_of

QUOTA = 5


@dataclass
class Facts:
    """What `.local/demo.json` holds. `seconds`: how long each part took."""

    order_id: str = ""
    order_status: str = ""
    steps: list[Json] = field(default_factory=list)
    license_last4: str = ""
    panel_account_id: str = ""
    domain: str = ""
    mails: list[Json] = field(default_factory=list)
    database: str = ""
    quota_remaining: int | None = None
    refused_code: str = ""
    upgrade: Json = field(default_factory=dict)
    renewal: Json = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Story:
    """Registers, buys, waits, sets up the panel, makes databases, upgrades, renews.

    Each part raises DemoError when it fails.
    """

    def __init__(self, *, billing: Api, panel: Api, sandbox: Api) -> None:
        self._billing = billing
        self._panel = panel
        self._sandbox = sandbox
        self._telling = Telling()
        name = secrets.token_hex(3)
        self.facts = Facts(domain=f"ada-{name}.com")
        self.log_ins = LogIns(email=f"ada.{name}@customer.example")
        self._mailbox = Mailbox(sandbox, self.log_ins.email)

    def tell(self) -> None:
        """Run the whole story."""
        self._register()
        order, client_secret, publishable_key = self._order()
        self._pay(order, client_secret, publishable_key)
        self._watch(order["id"])
        self._look_at_what_was_bought()
        self._set_up_panel()
        self._create_databases()
        self._be_refused()
        self._go_on()
        self.facts.mails = [{"subject": mail["subject"], "to": mail["to"]} for mail in self._mailbox.all()]
        self._telling.end()
        self.facts.seconds = self._telling.seconds
        self._telling.say(f"{len(self.facts.mails)} mails: " + "; ".join(mail["subject"] for mail in self.facts.mails))

    def _register(self) -> None:
        with self._telling.part("register"):
            email = self.log_ins.email
            password = self.log_ins.billing_password
            account = {"email": email, "password": password, "full_name": "Ada Lovelace", "country": "US"}
            self._billing.post("/api/v1/auth/register", account)
            self._telling.say(f"Ada registers as {email}")
            mail, link = self._mailbox.wait_for_link("verify")
            self._billing.post("/api/v1/auth/verify-email", {"token": token_of(link)})
            self._telling.say(f'gets the mail "{mail["subject"]}" and follows its link')
            self._billing.log_in_with(email, password)
            self._telling.say("logs in")

    def _order(self) -> tuple[Json, str, str]:
        with self._telling.part("order"):
            domain = self.facts.domain
            found = self._billing.get("/api/v1/domains/search", name=domain)["results"][0]
            if found["status"] != "available":
                raise DemoError(f"{domain} is {found['status']}")
            self._telling.say(
                f"searches {domain}: available, {money(found['register_amount'], found['currency'])} a year"
            )
            placed = self._billing.post("/api/v1/orders", self._basket(), key=str(uuid.uuid4()))
            order = placed["order"]
            self.facts.order_id = order["id"]
            lines = " and ".join(
                f"{line['description']} ({money(line['amount'], line['currency'])})" for line in placed["breakdown"]
            )
            self._telling.say(f"orders {lines}: {money(order['total_amount'], order['currency'])} in all")
            return order, placed["client_secret"], placed["payment"]["publishable_key"]

    def _basket(self) -> Json:
        return {
            "currency": "USD",
            "items": [
                {"type": "license", "plan": "starter", "interval": "year"},
                {"type": "domain", "name": self.facts.domain, "years": 1, "privacy": True},
            ],
            "registrant": {
                "first_name": "Ada",
                "last_name": "Lovelace",
                "address1": "1 Analytical Way",
                "city": "Phoenix",
                "state_province": "AZ",
                "postal_code": "85001",
                "country": "US",
                "phone": "+1.6025550100",
                "email": self.log_ins.email,
            },
        }

    def _pay(self, order: Json, client_secret: str, publishable_key: str) -> None:
        with self._telling.part("pay"):
            return_url = f"{self._billing.base_url}/orders/{order['id']}"
            pay(self._sandbox, client_secret=client_secret, publishable_key=publishable_key, return_url=return_url)
            self._telling.say("pays with card 4242 4242 4242 4242, at Stripe; billing hears of it by webhook")

    def _watch(self, order_id: str) -> None:
        with self._telling.part("paid_to_fulfilled"):
            order = watch.follow(self._billing, order_id, self._step_changed)
        self.facts.order_status = order["status"]
        self.facts.steps = [
            {"kind": step["kind"], "status": step["status"], "attempts": step["attempts"]} for step in order["steps"]
        ]
        self._telling.say(f"order number {order['number']} is {order['status']}")

    def _step_changed(self, step: Json, _order: Json) -> None:
        if step["status"] == "done":
            self._telling.say(f"    {step['kind'].replace('_', ' ')}: done")
        elif step["status"] == "waiting":
            self._telling.say(f"    {step['kind'].replace('_', ' ')}: waits, {step['error_code']}")

    def _look_at_what_was_bought(self) -> None:
        license_row = self._billing.get("/api/v1/licenses")["items"][0]
        account = self._billing.get("/api/v1/panel-accounts")["items"][0]
        domain = self._billing.get("/api/v1/domains")["items"][0]
        self.facts.license_last4 = license_row["last4"]
        self.facts.panel_account_id = account["id"]
        self.facts.domain = domain["domain_name"]
        self._telling.say(f"license NP-····-····-{license_row['last4']} is {license_row['status']}")
        self._telling.say(f"panel account {account['username']} is {account['status']}")
        self._telling.say(f"domain {domain['domain_name']} is {domain['status']} until {domain['expiry_date']}")

    def _set_up_panel(self) -> None:
        with self._telling.part("set_up_panel"):
            mail, link = self._mailbox.wait_for_link(f"{self._panel.base_url}/setup/")
            password = self.log_ins.panel_password
            set_up = self._panel.post("/api/v1/setup", {"token": token_of(link), "password": password})
            self.log_ins.panel_username = set_up["username"]
            self._telling.say(f'opens the one-time link of "{mail["subject"]}" and chooses a panel password')
            self._panel.log_in_with(set_up["username"], password)
            self._telling.say(f"logs in at the panel as {set_up['username']}")

    def _create_databases(self) -> None:
        with self._telling.part("create_databases"):
            for number in range(1, QUOTA + 1):
                made = self._panel.post("/api/v1/databases", {"name": f"shop{number}"}, key=str(uuid.uuid4()))
                self.facts.database = made["database"]
                self.facts.quota_remaining = made["quota_remaining"]
                self._telling.say(f"creates database {made['database']}; {made['quota_remaining']} left")

    def _be_refused(self) -> None:
        refused = self._panel.request("POST", "/api/v1/databases", json={"name": "shop6"}, refusal=409).json()
        self.facts.refused_code = refused["code"]
        self._telling.say(f"the sixth is refused: {refused['code']}")

    def _go_on(self) -> None:
        later = Later(
            billing=self._billing,
            panel=self._panel,
            sandbox=self._sandbox,
            mailbox=self._mailbox,
            log_ins=self.log_ins,
            telling=self._telling,
        )
        self.facts.upgrade = later.upgrade()
        self.facts.renewal = later.renew()
