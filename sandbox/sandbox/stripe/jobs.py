"""Work that waits for virtual time: expiry of unpaid subscriptions, settling of refunds."""

from sandbox.core.store import Document
from sandbox.stripe.work import Work

JOBS = "stripe_job"


def plan(work: Work, kind: str, subject: str, due_at: int) -> None:
    """Remember to do `kind` for an object at a virtual time; the same kind and subject again moves it."""
    job_id = f"{kind}:{subject}"
    work.store.put(JOBS, job_id, {"id": job_id, "kind": kind, "subject": subject, "due_at": due_at})


def drop(work: Work, kind: str, subject: str) -> None:
    """Forget a job that became pointless."""
    work.store.delete(JOBS, f"{kind}:{subject}")


def due(work: Work) -> list[Document]:
    """Jobs whose time has come, earliest first."""
    waiting = work.store.scan(JOBS)
    return sorted((job for job in waiting if job["due_at"] <= work.now), key=lambda job: job["due_at"])
