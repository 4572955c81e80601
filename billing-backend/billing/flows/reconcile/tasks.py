"""Nightly: compare with everybody else, and close the day in the ledger."""

from datetime import timedelta

from billing.flows.reconcile import repository
from billing.flows.reconcile.books import import_movements
from billing.flows.reconcile.errors import ReconcileRunning
from billing.flows.reconcile.run import reconcile
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.payments.ports import PaymentProviderUnavailable
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

RUN_TASK = "reconcile.run"
_RECENT = timedelta(days=2)


async def run_nightly(container: Container) -> None:
    """Compare once; a provider that is down is asked again an hour later."""
    try:
        await reconcile(container, started_by="nightly")
    except (PaymentProviderUnavailable, ReconcileRunning) as error:
        log.warning("reconciling postponed", reason=str(error))


async def tidy(container: Container) -> int:
    """Start the day's comparison if it is due; the hours between bring in the provider's fees."""
    now = container.get(Clock).now()
    async with container.get(Database).transaction(Subject.system()) as session:
        latest = await repository.get_latest(session)
        if latest is None or latest.started_at.date() < now.date() or latest.error is not None:
            session.enqueue(RUN_TASK)
            return 1
    return await import_movements(container, now - _RECENT)


TASKS = {RUN_TASK: run_nightly}
