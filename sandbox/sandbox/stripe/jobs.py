"""Work that waits for virtual time: renewals, retries, expiries, settling of refunds.

Every job has a slot, the clock it lives by and its due time as sortable text, so that the next one is found
by index however many wait.
"""

from sandbox.core.store import Document, Store
from sandbox.stripe.work import Work

JOBS = "stripe_job"

_SANDBOX = "-"


def plan(work: Work, kind: str, subject: str, due_at: int) -> None:
    """Remember to do `kind` for an object at a virtual time of its clock; the same kind and subject again moves
    it.
    """
    job_id = f"{kind}:{subject}"
    job = {
        "id": job_id,
        "kind": kind,
        "subject": subject,
        "due_at": due_at,
        "clock": work.clock,
        "slot": _slot(work.clock, due_at),
    }
    work.store.put(JOBS, job_id, job)


def drop(work: Work, kind: str, subject: str) -> None:
    """Forget a job that became pointless."""
    work.store.delete(JOBS, f"{kind}:{subject}")


def next_due(store: Store, now: int, clock: str | None = None) -> Document | None:
    """The earliest job of the sandbox's clock, or of a test clock, whose time has come."""
    return store.first_between(JOBS, "slot", _slot(clock, 0), _slot(clock, now))


def _slot(clock: str | None, at: int) -> str:
    return f"{clock or _SANDBOX}:{at:012d}"
