"""Every package's tasks and chores, by name: what the worker and `billing sweep` run."""

from collections.abc import Mapping

from billing import maintenance
from billing.accounts import tasks as accounts
from billing.domains import tasks as domains
from billing.flows.purchase import tasks as purchase
from billing.inbound import tasks as inbound
from billing.kit.tasks import TaskFunction
from billing.licenses import tasks as licenses
from billing.notifications import tasks as notifications

TASKS: Mapping[str, TaskFunction] = {
    **inbound.TASKS,
    **purchase.TASKS,
    **notifications.TASKS,
    **domains.TASKS,
    **maintenance.TASKS,
}
CHORES = maintenance.Chores(
    sweeps={
        "inbound": inbound.sweep,
        "purchase": purchase.sweep,
        "notifications": notifications.sweep,
        "domains": domains.sweep,
        "licenses": licenses.sweep,
    },
    tidies={
        "accounts": accounts.tidy,
        "idempotency": maintenance.forget_idempotency_keys,
    },
)
