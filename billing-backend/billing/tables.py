"""Every table of billing, imported once: for Alembic, and so that foreign keys by name resolve."""

import billing.accounts.models
import billing.audit.models
import billing.catalog.models
import billing.domains.models
import billing.flows.domain_renewal.models
import billing.flows.dunning.models
import billing.flows.reconcile.models
import billing.inbound.models
import billing.invoices.models
import billing.kit.heartbeats
import billing.kit.idempotency
import billing.ledger.models
import billing.licenses.models
import billing.notifications.models
import billing.orders.models
import billing.panels.commands
import billing.panels.models
import billing.payments.models
import billing.subscriptions.models
import billing.tax.models
from billing.kit.db import Base

# Importing a module enters its tables into the metadata; naming it here says that the import is meant.
MODULES = (
    billing.accounts.models,
    billing.audit.models,
    billing.catalog.models,
    billing.domains.models,
    billing.flows.domain_renewal.models,
    billing.flows.dunning.models,
    billing.flows.reconcile.models,
    billing.inbound.models,
    billing.invoices.models,
    billing.kit.heartbeats,
    billing.kit.idempotency,
    billing.ledger.models,
    billing.licenses.models,
    billing.notifications.models,
    billing.orders.models,
    billing.panels.commands,
    billing.panels.models,
    billing.payments.models,
    billing.subscriptions.models,
    billing.tax.models,
)
METADATA = Base.metadata
