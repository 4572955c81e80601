"""A year of a shop: renewals, failures, upgrades and cancellations on the sandbox's clock, and what is left of it.

200 customers of ten kinds through 12 months, with all processes as they run in production and nobody draining a queue.
At the end our subscriptions, invoices, payments, refunds and credit notes are compared with the sandbox's field by
field, before anything reconciles, and the ledger with the sandbox's balance. `KILL_EVERY=5` kills a worker every five
seconds, in turn, all year long; the figures have to stay the same. Baseline: the sandbox alone walking the same year.
"""

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from stack_access import report
from tests.faults.parts import ROOT
from tests.year.cast import ROLES, Part, cast
from tests.year.run import RENEWED, Year, later, live

from testkit.ports import free_port
from testkit.processes import running_process

CUSTOMERS = int(os.environ.get("CUSTOMERS", "200"))
MONTHS = int(os.environ.get("MONTHS", "12"))
KILL_EVERY = float(os.environ.get("KILL_EVERY", "0"))
SHOWN = 10
CARDS = {"card_breaks": "pm_card_chargeCustomerFail", "new_card": "pm_card_visa", "pay_what_is_open": "pm_card_visa"}


class Alone:
    """The sandbox without billing: subscriptions made, changed and renewed over its API, and no webhook sent."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url
        self._prices: dict[str, str] = {}

    async def _call(self, method: str, path: str, **form: Any) -> dict[str, Any]:
        answer = await self._http.request(method, f"{self._url}/stripe/v1/{path}", data=form)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def _go_to(self, at: datetime) -> None:
        now = (await self._http.get(f"{self._url}/admin/clock")).json()["now"]
        seconds = max(0, int(at.timestamp()) - now)
        (await self._http.post(f"{self._url}/admin/clock/advance", json={"seconds": seconds})).raise_for_status()

    async def _subscribe(self, part: Part) -> str:
        card = {"payment_method": "pm_card_visa", "invoice_settings[default_payment_method]": "pm_card_visa"}
        customer = await self._call("POST", "customers", email="alone@customer.example", **card)
        price = self._prices[part.role.plan]
        form = {"customer": customer["id"], "items[0][price]": price}
        return str((await self._call("POST", "subscriptions", **form))["id"])

    async def _do(self, deed: str, name: str) -> None:
        """Do at Stripe what the deed of a customer comes to there; what leads to nothing new is left out."""
        found = await self._call("GET", f"subscriptions/{name}")
        if found["ended_at"] is not None:
            return
        if deed in CARDS:
            card = await self._call("POST", f"payment_methods/{CARDS[deed]}/attach", customer=found["customer"])
            await self._call("POST", f"subscriptions/{name}", default_payment_method=card["id"])
        elif deed == "upgrade":
            item = {"items[0][id]": found["items"]["data"][0]["id"], "items[0][price]": self._prices["professional"]}
            await self._call("POST", f"subscriptions/{name}", proration_behavior="always_invoice", **item)
        elif deed == "leave_at_end":
            await self._call("POST", f"subscriptions/{name}", cancel_at_period_end="true")
        elif deed == "leave_now":
            await self._call("DELETE", f"subscriptions/{name}")

    async def walk(self) -> float:
        """Return the seconds it took."""
        for plan, amount in (("starter", 2_900), ("professional", 9_900)):
            product = await self._call("POST", "products", name=plan)
            form = {"product": product["id"], "currency": "usd", "unit_amount": amount, "recurring[interval]": "month"}
            self._prices[plan] = (await self._call("POST", "prices", **form))["id"]
        parts, started, begun = cast(CUSTOMERS, MONTHS), time.monotonic(), datetime.now(UTC)
        people = [(part, await self._subscribe(part)) for part in parts]
        for month in range(1, MONTHS + 1):
            for part, name in people:
                for deed in part.role.deeds:
                    if deed.month + part.shift == month:
                        await self._do(deed.do.__name__, name)
            await self._go_to(later(begun, month) + RENEWED)
        return time.monotonic() - started


async def sandbox_alone(home: Path) -> float:
    """Return the seconds of the same year at the sandbox alone."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SANDBOX_PORT": str(port), "SANDBOX_SMTP_PORT": str(free_port())}
    program = str(ROOT / "sandbox/.venv/bin/nextpanel-sandbox")
    health = f"{url}/admin/healthz"
    with running_process("sandbox-alone", [program], log_dir=home, health_url=health, env=environment):
        async with httpx.AsyncClient(auth=("sk_test_sandbox", ""), timeout=120, trust_env=False) as http:
            return await Alone(http, url).walk()


def show(year: Year, seconds: float, baseline: float) -> None:
    """Print the table."""
    print(f"\n{CUSTOMERS} customers of {len(ROLES)} kinds, {MONTHS} months")
    rows: list[tuple[str, str]] = [
        ("the year", f"{seconds:.1f} s"),
        ("baseline: the sandbox alone", f"{baseline:.1f} s"),
        ("ratio to the baseline", f"{seconds / baseline:.1f}"),
        ("orders", f"{year.seconds['orders']:.1f} s"),
        ("slowest month", f"{max(took for name, took in year.seconds.items() if 'month' in name):.1f} s"),
        ("workers killed", str(year.kills)),
        ("ledger imbalance", str(year.imbalance)),
        ("rows that differ", str(len(year.differences))),
        *((name, str(number)) for name, number in year.totals.items()),
    ]
    for name, value in rows:
        print(f"  {name:<34}{value:>16}")
    for line in year.differences[:SHOWN]:
        print(f"  {line}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="year-") as directory:
        home = Path(directory)
        baseline = asyncio.run(sandbox_alone(home))
        year = asyncio.run(live(home, customers=CUSTOMERS, months=MONTHS, kill_every=KILL_EVERY or None))
    seconds = sum(took for name, took in year.seconds.items() if name != "audit")
    show(year, seconds, baseline)
    figures: dict[str, float | int] = {
        "seconds": round(seconds, 1),
        "ledger_imbalance": year.imbalance,
        "rows_different": len(year.differences),
    }
    report("year", figures)


if __name__ == "__main__":
    main()
