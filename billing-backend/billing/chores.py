"""Every package's tasks and chores, by name: what the worker and `billing sweep` run."""

from collections.abc import Mapping

from billing import maintenance
from billing.accounts import tasks as accounts
from billing.domains import tasks as domains
from billing.flows.domain_renewal import tasks as domain_renewal
from billing.flows.dunning import tasks as dunning
from billing.flows.purchase import tasks as purchase
from billing.flows.reconcile import tasks as reconcile
from billing.flows.refund import tasks as refunds
from billing.flows.subscription import tasks as subscriptions
from billing.flows.taxes import tasks as taxes
from billing.inbound import tasks as inbound
from billing.kit.tasks import TaskFunction
from billing.ledger import tasks as ledger
from billing.licenses import tasks as licenses
from billing.notifications import tasks as notifications
from billing.panels import tasks as panels
from billing.tax import tasks as tax

TASKS: Mapping[str, TaskFunction] = {
    **inbound.TASKS,
    **purchase.TASKS,
    **refunds.TASKS,
    **subscriptions.TASKS,
    **dunning.TASKS,
    **panels.TASKS,
    **notifications.TASKS,
    **domains.TASKS,
    **domain_renewal.TASKS,
    **tax.TASKS,
    **taxes.TASKS,
    **reconcile.TASKS,
    **maintenance.TASKS,
}
CHORES = maintenance.Chores(
    sweeps={
        "inbound": inbound.sweep,
        "purchase": purchase.sweep,
        "refunds": refunds.sweep,
        "subscriptions": subscriptions.sweep,
        "notifications": notifications.sweep,
        "domains": domains.sweep,
        "dunning": dunning.sweep,
        "panels": panels.sweep,
        "licenses": licenses.sweep,
        "tax": tax.sweep,
        "taxes": taxes.sweep,
    },
    tidies={
        "accounts": accounts.tidy,
        "domain_renewal": domain_renewal.tidy,
        "dunning": dunning.tidy,
        "ledger": ledger.earn_revenue,
        "reconcile": reconcile.tidy,
        "taxes": taxes.switch_rates,
        "subscriptions": subscriptions.tidy,
        "idempotency": maintenance.forget_idempotency_keys,
    },
)
