"""Stories that take months: the official SDK, the sandbox's clock and short words for both."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story

DAY = 86400
HOUR = 3600


def at(text: str) -> int:
    """Seconds of an ISO date or time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day(seconds: int) -> str:
    """The ISO date of a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


class Timeline(Story):
    """A story whose clock can be moved to a given second."""

    def __init__(self, client: stripe.StripeClient, sandbox: SandboxProcess) -> None:
        super().__init__(client)
        self.sandbox = sandbox

    @property
    def now(self) -> int:
        """Virtual time."""
        return int(self.sandbox.admin.get("/clock").json()["now"])

    def go_to(self, moment: int) -> None:
        """Move the clock to a moment ahead, or a second or two beyond it."""
        self.sandbox.advance(max(0, moment - self.now))

    def settings(self, **changes: Any) -> None:
        """Change the merchant's billing settings."""
        assert self.sandbox.admin.put("/stripe/billing-settings", json=changes).status_code == 200

    def payer(self, method: str = "pm_card_visa", **more: Any) -> stripe.Customer:
        """A customer whose default card is the given one."""
        customer = self.customer(**more)
        self.pay_with(customer.id, method)
        return self.v1.customers.retrieve(customer.id)

    def pay_with(self, customer: str, method: str) -> str:
        """Attach a card and make it the customer's default; returns its id."""
        attached = self.v1.payment_methods.attach(method, {"customer": customer})
        self.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": attached.id}})
        return attached.id

    def running(self, price: str | None = None, method: str = "pm_card_visa", **more: Any) -> stripe.Subscription:
        """An active subscription paid by the customer's default card."""
        customer = more.pop("customer", None) or self.payer(method).id
        request: Any = {"customer": customer, "items": [{"price": price or self.price().id}], **more}
        return self.v1.subscriptions.create(request)

    def again(self, subscription: stripe.Subscription, *expand: str) -> stripe.Subscription:
        """The subscription as it is now."""
        return self.v1.subscriptions.retrieve(subscription.id, {"expand": list(expand)})

    def invoices(self, subscription: stripe.Subscription) -> list[stripe.Invoice]:
        """Its invoices, newest first."""
        return list(self.v1.invoices.list({"subscription": subscription.id, "limit": 100}).auto_paging_iter())

    def types_of(self, *objects: str) -> list[str]:
        """Kinds of the events about the given objects, oldest first."""
        return [event.type for event in reversed(self.events()) if event.data.object["id"] in objects]

    def event(self, kind: str) -> stripe.Event:
        """The newest event of a kind."""
        return next(event for event in self.events() if event.type == kind)


def period(subscription: stripe.Subscription) -> tuple[int, int]:
    """The current period of its first item."""
    item = subscription.items.data[0]
    return item.current_period_start, item.current_period_end


def amounts(invoice: stripe.Invoice) -> list[int]:
    """The amounts of its lines."""
    return [line.amount for line in invoice.lines.data]


def texts(lines: Iterable[Any]) -> list[str]:
    """The descriptions of lines or items."""
    return [str(line.description) for line in lines]
