"""All objects and endpoints of the stand-in, and the look-up of an endpoint by method and path."""

from typing import Final

from sandbox.stripe import search
from sandbox.stripe.objects import (
    balance,
    charges,
    confirmation_tokens,
    coupons,
    customer_balance,
    customers,
    discount_endpoints,
    events,
    invoice_items,
    invoice_payments,
    payment_intents,
    payment_methods,
    prices,
    products,
    promotion_codes,
    refunds,
    setup_attempts,
    setup_intents,
    tax_ids,
    tax_rates,
    test_clocks,
    tokens,
    webhook_endpoints,
)
from sandbox.stripe.objects.credit_notes import endpoints as credit_notes
from sandbox.stripe.objects.disputes import endpoints as disputes
from sandbox.stripe.objects.invoices import endpoints as invoices
from sandbox.stripe.objects.subscriptions import endpoints as subscriptions
from sandbox.stripe.resource import Operation, Resource

_SINGLE: Final = (
    charges,
    confirmation_tokens,
    coupons,
    customer_balance,
    customers,
    discount_endpoints,
    events,
    invoice_items,
    invoice_payments,
    payment_intents,
    payment_methods,
    prices,
    products,
    promotion_codes,
    refunds,
    setup_attempts,
    setup_intents,
    tax_ids,
    tax_rates,
    test_clocks,
    tokens,
    webhook_endpoints,
)
_SEVERAL: Final = (balance, credit_notes, disputes, invoices, subscriptions)

RESOURCES: Final[dict[str, Resource]] = {
    resource.name: resource
    for resource in (
        *(module.RESOURCE for module in _SINGLE),
        *(resource for module in _SEVERAL for resource in module.RESOURCES),
    )
}
OPERATIONS: Final[tuple[Operation, ...]] = tuple(
    operation for module in (*_SINGLE, *_SEVERAL, search) for operation in module.OPERATIONS
)


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The endpoint a request means, with the ids of its path; fixed segments win over placeholders."""
    parts = tuple(path.strip("/").split("/"))
    best: tuple[Operation, dict[str, str]] | None = None
    for operation, pattern in _PATTERNS.get((method, len(parts)), ()):
        ids = _match(pattern, parts)
        if ids is not None and (best is None or len(ids) < len(best[1])):
            best = operation, ids
    return best


def _match(pattern: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    ids: dict[str, str] = {}
    for expected, given in zip(pattern, parts, strict=True):
        if expected.startswith("{"):
            if not given:
                return None
            ids[expected[1:-1]] = given
        elif expected != given:
            return None
    return ids


def _patterns() -> dict[tuple[str, int], list[tuple[Operation, tuple[str, ...]]]]:
    table: dict[tuple[str, int], list[tuple[Operation, tuple[str, ...]]]] = {}
    for operation in OPERATIONS:
        parts = tuple(operation.path.strip("/").split("/"))
        table.setdefault((operation.method, len(parts)), []).append((operation, parts))
    return table


_PATTERNS: Final = _patterns()
