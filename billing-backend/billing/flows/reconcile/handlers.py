"""What the provider keeps of a payment, booked when it is known; the hourly import is for events that were lost."""

from billing.flows.mirror.asking import asked
from billing.flows.reconcile.ports import ProviderBooks
from billing.inbound.ports import Ignore, ReceivedEvent
from billing.kit.db import Session
from billing.ledger.facts import ProviderFact
from billing.ledger.service import post_provider


class ChargeSettled:
    """Handler of `charge.succeeded` and `charge.updated`: the fee is known with the first of them, or somewhat later.

    A movement of the balance never changes, so the event's word which one it is can be taken.
    """

    def __init__(self, books: ProviderBooks) -> None:
        self._books = books

    async def fetch(self, event: ReceivedEvent) -> ProviderFact:
        movement = event.object.get("balance_transaction")
        if not isinstance(movement, str):
            raise Ignore("the fee is not known yet")
        return await asked(self._books.get_movement(movement))

    async def apply(self, session: Session, event: ReceivedEvent, fetched: ProviderFact) -> None:
        if await post_provider(session, [fetched]) == 0:
            raise Ignore("the fee is booked already")
