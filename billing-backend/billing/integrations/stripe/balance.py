"""`BalanceDesk` over the official SDK. Stripe counts credit below zero, we above."""

from datetime import UTC, datetime
from typing import Any

import stripe

from billing.integrations.stripe.client import translated
from billing.integrations.stripe.once import make_once
from billing.integrations.stripe.values import metadata_of
from billing.payments.facts import Balance, BalanceEntry

_OURS = "adjustment"
_NEWEST = 20


class StripeBalanceDesk:
    def __init__(self, client: stripe.StripeClient) -> None:
        self._stripe = client.v1

    @translated
    async def get_balance(self, customer_id: str, currency: str) -> Balance:
        customer = await self._stripe.customers.retrieve_async(customer_id)
        listed = await self._stripe.customers.balance_transactions.list_async(customer_id, {"limit": _NEWEST})
        held = (customer.currency or currency).upper()
        return Balance(-(customer.balance or 0), held, [_entry(row) for row in listed.data])

    @translated
    async def adjust_balance(
        self, *, key: str, customer_id: str, amount: int, currency: str, description: str
    ) -> BalanceEntry:
        transactions = self._stripe.customers.balance_transactions

        async def find() -> stripe.CustomerBalanceTransaction | None:
            listed = await transactions.list_async(customer_id, {"limit": 100})
            return next((row for row in listed.data if metadata_of(row.metadata).get(_OURS) == key), None)

        made = await find()
        if made is None:
            params: Any = {
                "amount": -amount,
                "currency": currency.lower(),
                "description": description,
                "metadata": {_OURS: key},
            }
            made = await make_once(
                f"balance:{key}", lambda option: transactions.create_async(customer_id, params, option), find
            )
        return _entry(made)


def _entry(row: stripe.CustomerBalanceTransaction) -> BalanceEntry:
    return BalanceEntry(
        id=row.id,
        amount=-row.amount,
        ending_balance=-row.ending_balance,
        currency=row.currency.upper(),
        kind=row.type,
        description=row.description,
        created_at=datetime.fromtimestamp(row.created, UTC),
    )
