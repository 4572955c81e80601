"""Repair by doing what the lost event would have done: the same handlers, which ask the provider themselves."""

from dataclasses import dataclass

from billing.flows.reconcile.compare import Difference, differs
from billing.flows.reconcile.local import get_known
from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.ports import ProviderBooks, Seen
from billing.inbound.ports import EventHandlers, Ignore, ReceivedEvent, TryLater
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from service_kit.clock import Clock
from service_kit.logs import get_logger, mask

log = get_logger(__name__)

REPAIRED = "repaired"
_BY_STATUS = {
    "paid": ("invoice.paid",),
    "open": ("invoice.updated", "invoice.finalized"),
    "void": ("invoice.voided", "invoice.updated"),
    "uncollectible": ("invoice.marked_uncollectible", "invoice.updated"),
}
_REFUND = ("refund.updated", "refund.created")
_SUBSCRIPTION = ("customer.subscription.updated",)


@dataclass(frozen=True, slots=True)
class Repair:
    """What came of trying; `outcome` is `repaired` or says why a person has to look."""

    is_repaired: bool
    outcome: str


async def repair(container: Container, difference: Difference) -> Repair:
    """Bring our side to what the provider says, where that is safe; never raises for a handler that fails."""
    there = difference.there
    if there is None:
        return Repair(False, "the provider does not know it")
    if difference.list is FindingList.DIFFERENT and not _is_safe(difference):
        return Repair(False, "the amounts differ: somebody has to look")
    if await _is_equal(container, there):
        return Repair(True, REPAIRED)
    types, object_id = await _as_event(container, there)
    handlers = container.get(EventHandlers)
    chosen = next((name for name in types if handlers.get(name) is not None), None)
    if object_id is None or chosen is None:
        return Repair(False, "no event of ours tells of it")
    said = await _handle(container, chosen, object_id)
    if await _is_equal(container, there):
        return Repair(True, REPAIRED)
    return Repair(False, said or "it still differs")


def _is_safe(difference: Difference) -> bool:
    """An issued invoice or a payment whose amount or currency is another was never ours to change."""
    return not ({"total", "amount", "currency", "number"} & set(_changed(difference)))


def _changed(difference: Difference) -> list[str]:
    """Return the fields both sides know that differ: a number or an amount that one lacks is just late."""
    there, here = difference.there, difference.here
    assert there is not None
    assert here is not None
    return [name for name, value in here.fields.items() if value is not None and there.fields.get(name) != value]


async def _as_event(container: Container, seen: Seen) -> tuple[tuple[str, ...], str | None]:
    """Return the event types that would tell of it, best first, and the id of the object they are about."""
    if seen.kind is ObjectKind.SUBSCRIPTION:
        return _SUBSCRIPTION, seen.id
    if seen.kind is ObjectKind.REFUND:
        return _REFUND, seen.id
    if seen.kind is ObjectKind.INVOICE:
        return _BY_STATUS.get(str(seen.fields["status"]), ()), seen.id
    return ("invoice.paid",), await container.get(ProviderBooks).find_invoice(seen.id)


async def _handle(container: Container, event_type: str, object_id: str) -> str | None:
    """Run the handler as an event would; return why it did nothing, None when it did."""
    handler = container.get(EventHandlers).get(event_type)
    assert handler is not None
    event = ReceivedEvent(
        id=f"reconcile:{object_id}",
        external_id=f"reconcile:{object_id}",
        type=event_type,
        object={"id": object_id},
        created_at=container.get(Clock).now(),
    )
    try:
        fetched = await handler.fetch(event)
        async with container.get(Database).transaction(Subject.system()) as session:
            await handler.apply(session, event, fetched)
    except (Ignore, TryLater) as reason:
        return str(reason)
    except Exception as error:
        log.exception("repair failed", event_type=event_type, object_id=object_id)
        return str(mask(f"{type(error).__name__}: {error}"))[:500]
    return None


async def _is_equal(container: Container, there: Seen) -> bool:
    async with container.get(Database).transaction(Subject.system()) as session:
        known = (await get_known(session, there.kind, [there.id])).get(there.id)
    return known is not None and not differs(there, known)
