"""What subscriptions do when time comes, by the name of the job."""

from collections.abc import Callable
from typing import Final

from sandbox.stripe.objects.subscriptions import cancel, cycle, dunning, ending, pause, update
from sandbox.stripe.work import Work

JOBS: Final[dict[str, Callable[[Work, str], object]]] = {
    "advance_invoice": dunning.advance,
    "announce_invoice": cycle.announce_invoice,
    "announce_trial_end": cycle.announce_trial_end,
    "cancel_subscription": cancel.fall_due,
    "expire_pending_update": update.expire_pending,
    "expire_resumption": pause.expire_resumption,
    "expire_subscription": ending.expire,
    "invoice_overdue": dunning.overdue,
    "renew_subscription": cycle.renew,
    "resume_collection": update.resume_collection,
    "retry_invoice": dunning.retry,
}
