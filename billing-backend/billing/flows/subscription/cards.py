"""The customer's cards: set up in the browser, kept at the payment provider, never seen here."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from billing.accounts.models import User
from billing.flows.mirror.asking import asked
from billing.flows.subscription.desk import asking_provider
from billing.inbound.ports import Ignore, ReceivedEvent
from billing.kit.db import Database, Session, Subject
from billing.subscriptions import repository
from billing.subscriptions.errors import CardInUse, CardNotFound, CardNotKept, NoCustomer
from billing.subscriptions.models import SubscriptionStatus
from billing.subscriptions.ports import Card, CardProvider, CardSetup, SubscriptionProvider

_OWING = frozenset({SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID})


@dataclass(frozen=True, slots=True)
class Wallet:
    """What actions on cards need. They open their own transactions, none while the provider is asked."""

    database: Database
    cards: CardProvider
    subscriptions: SubscriptionProvider

    async def customer_id(self, user_id: uuid.UUID) -> str:
        """Return the user's id at the provider; raises `NoCustomer` before the first order."""
        async with self.database.transaction(Subject.customer(user_id)) as session:
            user = await session.get_one(User, user_id)
        if user.stripe_customer_id is None:
            raise NoCustomer
        return user.stripe_customer_id


async def begin_setup(wallet: Wallet, user_id: uuid.UUID, key: str) -> CardSetup:
    """Return what the browser sets up a card with, the same for the same `key`; raises `NoCustomer`."""
    customer_id = await wallet.customer_id(user_id)
    with asking_provider():
        return await wallet.cards.begin_card_setup(customer_id, user_id=user_id, key=key)


async def finish_setup(wallet: Wallet, user_id: uuid.UUID, setup_id: str) -> Sequence[Card]:
    """Charge a card that was set up from now on, and try what is owed with it.

    The provider's event does the same for a browser that was closed. Raises `NoCustomer`, `CardNotKept`.
    """
    customer_id = await wallet.customer_id(user_id)
    with asking_provider():
        if await wallet.cards.adopt_card(setup_id, customer_id=customer_id) is None:
            raise CardNotKept
        await _pay_what_is_owed(wallet, user_id)
        return await wallet.cards.list_cards(customer_id)


async def list_cards(wallet: Wallet, user_id: uuid.UUID) -> Sequence[Card]:
    """Return the customer's cards; none before the first order."""
    try:
        customer_id = await wallet.customer_id(user_id)
    except NoCustomer:
        return []
    with asking_provider():
        return await wallet.cards.list_cards(customer_id)


async def choose(wallet: Wallet, user_id: uuid.UUID, card_id: str) -> Sequence[Card]:
    """Charge this card from now on, and try what is owed with it; raises `CardNotFound`."""
    customer_id, _ = await _own_card(wallet, user_id, card_id)
    with asking_provider():
        await wallet.cards.set_default_card(customer_id, card_id)
        await _pay_what_is_owed(wallet, user_id)
        return await wallet.cards.list_cards(customer_id)


async def detach(wallet: Wallet, user_id: uuid.UUID, card_id: str) -> None:
    """Forget a card; raises `CardNotFound`, and `CardInUse` for the one that running subscriptions are charged to."""
    _, card = await _own_card(wallet, user_id, card_id)
    async with wallet.database.transaction(Subject.customer(user_id)) as session:
        running = await repository.list_running(session, user_id)
    if card.is_default and running:
        raise CardInUse
    with asking_provider():
        await wallet.cards.detach_card(card_id)


async def _own_card(wallet: Wallet, user_id: uuid.UUID, card_id: str) -> tuple[str, Card]:
    try:
        customer_id = await wallet.customer_id(user_id)
    except NoCustomer:
        raise CardNotFound from None
    with asking_provider():
        cards = await wallet.cards.list_cards(customer_id)
    card = next((card for card in cards if card.id == card_id), None)
    if card is None:
        raise CardNotFound
    return customer_id, card


async def _pay_what_is_owed(wallet: Wallet, user_id: uuid.UUID) -> None:
    async with wallet.database.transaction(Subject.customer(user_id)) as session:
        running = await repository.list_running(session, user_id)
    for row in running:
        if row.status in _OWING:
            await wallet.subscriptions.retry_payment(row.stripe_subscription_id)


class CardSetUp:
    """Handler of `setup_intent.succeeded`: the card is charged from now on, though the browser never came back."""

    def __init__(self, cards: CardProvider) -> None:
        self._cards = cards

    async def fetch(self, event: ReceivedEvent) -> str:
        customer_id = await asked(self._cards.adopt_card(str(event.object.get("id")), customer_id=None))
        if customer_id is None:
            raise Ignore("no card of a customer")
        return customer_id

    async def apply(self, session: Session, event: ReceivedEvent, fetched: str) -> None:
        """The provider holds the cards: nothing is kept here."""
