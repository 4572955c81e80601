"""Every table of billing, imported once: for Alembic, and so that foreign keys by name resolve."""

import billing.accounts.models
import billing.audit.models
import billing.catalog.models
import billing.domains.models
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
import billing.tax.models  # noqa: F401 - imported for its tables, as all above
from billing.kit.db import Base

METADATA = Base.metadata
