"""What a plan grants, as a value that can be handed around without its database row."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from billing.catalog.models import LicenseType, Plan
from billing.licenses.models import Resource


@dataclass(frozen=True, slots=True)
class Entitlements:
    """Quotas (None is unlimited, storage in MiB) and feature flags of a plan at the moment it was bought."""

    plan_id: uuid.UUID
    license_type: LicenseType
    max_accounts: int | None
    max_domains: int | None
    max_databases: int | None
    max_emails: int | None
    max_storage_mb: int | None
    features: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> "Entitlements":
        return cls(
            plan_id=plan.id,
            license_type=plan.license_type,
            max_accounts=plan.max_accounts,
            max_domains=plan.max_domains,
            max_databases=plan.max_databases,
            max_emails=plan.max_emails,
            max_storage_mb=plan.max_storage_mb,
            features=dict(plan.features),
        )

    def columns(self) -> dict[str, object]:
        """Return the values by the names of the `licenses` columns that hold them."""
        return {
            "plan_id": self.plan_id,
            "license_type": self.license_type,
            "max_accounts": self.max_accounts,
            "max_domains": self.max_domains,
            "max_databases": self.max_databases,
            "max_emails": self.max_emails,
            "max_storage_mb": self.max_storage_mb,
            "features": dict(self.features),
        }

    def maximum(self, resource: Resource) -> int | None:
        """Return the quota of `resource`, None when unlimited."""
        return {
            Resource.ACCOUNTS: self.max_accounts,
            Resource.DOMAINS: self.max_domains,
            Resource.DATABASES: self.max_databases,
            Resource.EMAILS: self.max_emails,
        }[resource]
