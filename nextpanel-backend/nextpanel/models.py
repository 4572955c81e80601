"""All tables in one place, for migrations."""

from nextpanel.accounts.models import Account, LoginSession, OneTimeToken, RefreshToken
from nextpanel.audit.models import AuditEntry
from nextpanel.databases.models import CustomerDatabase
from nextpanel.dns.models import Zone, ZoneRecord
from nextpanel.kit.db import Base
from nextpanel.kit.idempotency import IdempotencyRecord
from nextpanel.kit.limits import RateWindow
from nextpanel.provisioning.models import SpentToken

__all__ = [
    "Account",
    "AuditEntry",
    "Base",
    "CustomerDatabase",
    "IdempotencyRecord",
    "LoginSession",
    "OneTimeToken",
    "RateWindow",
    "RefreshToken",
    "SpentToken",
    "Zone",
    "ZoneRecord",
]
