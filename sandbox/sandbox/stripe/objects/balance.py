"""Balance transactions of charges, refunds and disputes, the balance, and the account itself."""

from sandbox.core.store import Document
from sandbox.stripe.listing import page
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_SETTLES_AFTER = 2 * 86400
_FEE_PERMILLE = 29
_FEE_FIXED = 30


def record(work: Work, source: Document, amount: int, kind: str) -> str:
    """Book a charge (positive) or refund (negative) in minor units; returns the transaction's id."""
    fee = amount * _FEE_PERMILLE // 1000 + _FEE_FIXED if kind == "charge" else 0
    return _book(work, source, amount, fee, kind, category=kind, description=source.get("description"))


def adjust(work: Work, dispute: Document, amount: int, fee: int, category: str, description: str) -> str:
    """Book money a bank took back (negative) or returned, in minor units; returns the transaction's id."""
    return _book(work, dispute, amount, fee, "adjustment", category=category, description=description)


def _book(
    work: Work, source: Document, amount: int, fee: int, kind: str, *, category: str, description: str | None
) -> str:
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Dispute fee" if kind == "adjustment" else "Stripe processing fees",
        "type": "stripe_fee",
    }
    transaction: Document = {
        "id": work.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": work.now + _SETTLES_AFTER,
        "balance_type": "payments",
        "created": work.now,
        "currency": source["currency"],
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [details] if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    work.create(transaction)
    return str(transaction["id"])


def retrieve_transaction(work: Work, call: Call) -> Document:
    """GET /v1/balance_transactions/{id}"""
    return work.fetch("balance_transaction", call.path["id"])


def list_transactions(work: Work, call: Call) -> Document:
    """GET /v1/balance_transactions"""
    equal = {name: call.params.text(name) for name in ("source", "type", "currency")}
    return page(work, call.params, "balance_transaction", "/v1/balance_transactions", equal=equal)


def retrieve_balance(work: Work, _call: Call) -> Document:
    """GET /v1/balance: the net of all transactions, available two virtual days after booking"""
    available: dict[str, int] = {}
    pending: dict[str, int] = {}
    for transaction in work.store.browse("stripe_balance_transaction"):
        sums = available if transaction["available_on"] <= work.now else pending
        sums[transaction["currency"]] = sums.get(transaction["currency"], 0) + transaction["net"]
    return {
        "object": "balance",
        "available": _amounts(available),
        "livemode": False,
        "pending": _amounts(pending),
    }


def retrieve_account(work: Work, _call: Call) -> Document:
    """GET /v1/account"""
    return work.get("account", "account") or _account(work)


def render_transaction(work: Work, view: Document) -> None:
    """A pending transaction becomes available by the passing of time alone."""
    if view["available_on"] <= work.now:
        view["status"] = "available"


def _amounts(sums: dict[str, int]) -> list[Document]:
    totals = sums or {"usd": 0}
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(totals.items())
    ]


def _account(work: Work) -> Document:
    account: Document = {
        "id": work.new_id("acct", 16),
        "object": "account",
        "business_type": "company",
        "charges_enabled": True,
        "country": "US",
        "created": work.now,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "sandbox@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
    work.store.put("stripe_account", "account", account)
    return account


RESOURCES = [
    Resource("balance_transaction", "balance transaction", "BalanceTransaction", render=render_transaction),
    Resource("balance", "balance", "Balance"),
    Resource("account", "account", "Account"),
]

OPERATIONS = [
    operation("balance.retrieve", "GET /v1/balance", "BalanceRetrieveParams", retrieve_balance, "Balance"),
    operation(
        "balance_transactions.retrieve",
        "GET /v1/balance_transactions/{id}",
        "BalanceTransactionRetrieveParams",
        retrieve_transaction,
        "BalanceTransaction",
    ),
    operation(
        "balance_transactions.list",
        "GET /v1/balance_transactions",
        "BalanceTransactionListParams",
        list_transactions,
        "BalanceTransaction",
        listing=True,
    ),
    operation("account.retrieve", "GET /v1/account", "AccountRetrieveCurrentParams", retrieve_account, "Account"),
]
