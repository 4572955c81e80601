"""What dunning needs from others: the payment provider, and the flow that takes in what was paid."""

from datetime import datetime
from typing import Protocol

from billing.flows.purchase.paid import PaidFacts
from billing.kit.db import Session


class DunningProvider(Protocol):
    """Raises `PaymentProviderUnavailable` and `PaymentProviderRefused`."""

    async def end_unpaid(self, subscription_id: str) -> None:
        """Void what is owed for a subscription, then cancel it; repeating it goes on where it stopped.

        Refused (code `paid_meanwhile`) when its latest invoice is paid: then nothing is voided or cancelled.
        """
        ...

    async def find_ended_by_retries(self, since: datetime) -> str | None:
        """Return a subscription that the provider itself ended, or calls unpaid, because its retries were used up.

        It has to leave that to us: it is a setting of the provider's that can't be asked for, only seen at work.
        """
        ...


class PaidRenewals(Protocol):
    """Gives a paid renewal its effect; repeating it changes nothing."""

    async def apply(self, session: Session, facts: PaidFacts) -> None:
        """Mirror the paid invoice, extend the license, settle the case. May raise `Ignore` and `TryLater`."""
        ...
