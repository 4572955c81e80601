"""What reconciling asks the payment provider, beside what events do."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from billing.flows.reconcile.models import ObjectKind
from billing.ledger.facts import ProviderFact


@dataclass(frozen=True, slots=True)
class Seen:
    """An object as one side has it; `fields` are what the two sides are compared by, plain JSON values.

    `is_checkout` is an invoice or subscription that nobody owes anything for yet.
    """

    kind: ObjectKind
    id: str
    fields: Mapping[str, object]
    is_checkout: bool = False
    local_id: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open on an invoice. Of a checkout we may or may not have heard yet."""

    amount: int
    is_checkout: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What the provider holds for us by currency, and what is still to be paid by open invoice; minor units."""

    balance: Mapping[str, int] = field(default_factory=dict)
    owed: Mapping[str, Owed] = field(default_factory=dict)


class ProviderBooks(Protocol):
    """Reads only. All raise `PaymentProviderUnavailable` and `PaymentProviderRefused`."""

    def list_seen(self, kind: ObjectKind, since: datetime) -> AsyncIterator[Seen]:
        """Yield the objects made since, and all open ones whenever they were made; some may come twice."""
        ...

    async def get_seen(self, kind: ObjectKind, object_id: str) -> Seen | None:
        """Return one object as it stands, None when the provider does not know it."""
        ...

    async def find_invoice(self, payment_id: str) -> str | None:
        """Return the id of the invoice a payment paid."""
        ...

    async def get_movement(self, movement_id: str) -> ProviderFact:
        """Return one movement of our balance."""
        ...

    def list_movements(self, since: datetime | None) -> AsyncIterator[ProviderFact]:
        """Yield the movements of our balance, all of them without `since`."""
        ...

    async def held(self) -> Held:
        """Return what the provider holds for us now, and what is open on its invoices."""
        ...
