"""Roles and what each may do. Customers hold no permission: what they may touch is decided by ownership."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    CUSTOMER = "customer"
    SUPPORT = "support"
    BILLING_ADMIN = "billing_admin"
    OWNER = "owner"


class Permission(StrEnum):
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    ORDERS_READ = "orders:read"
    ORDERS_RESOLVE = "orders:resolve"
    NOTES_WRITE = "notes:write"
    SUBSCRIPTIONS_READ = "subscriptions:read"
    SUBSCRIPTIONS_WRITE = "subscriptions:write"
    LICENSES_READ = "licenses:read"
    LICENSES_WRITE = "licenses:write"
    DOMAINS_READ = "domains:read"
    DOMAINS_WRITE = "domains:write"
    INVOICES_READ = "invoices:read"
    REFUNDS_WRITE = "refunds:write"
    DUNNING_READ = "dunning:read"
    DUNNING_DECIDE = "dunning:decide"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    TAX_READ = "tax:read"
    TAX_WRITE = "tax:write"
    PANELS_READ = "panels:read"
    PANELS_WRITE = "panels:write"
    PROVISION_WRITE = "provision:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_REPLAY = "webhooks:replay"
    MAIL_READ = "mail:read"
    MAIL_RESEND = "mail:resend"
    REPORTS_READ = "reports:read"
    AUDIT_READ = "audit:read"
    SYSTEM_READ = "system:read"
    STAFF_WRITE = "staff:write"


_SUPPORT = frozenset(
    {
        Permission.CUSTOMERS_READ,
        Permission.NOTES_WRITE,
        Permission.ORDERS_READ,
        Permission.ORDERS_RESOLVE,
        Permission.SUBSCRIPTIONS_READ,
        Permission.LICENSES_READ,
        Permission.DOMAINS_READ,
        Permission.INVOICES_READ,
        Permission.TAX_READ,
        Permission.DUNNING_READ,
        Permission.PANELS_READ,
        Permission.WEBHOOKS_READ,
        Permission.MAIL_READ,
        Permission.MAIL_RESEND,
        Permission.CATALOG_READ,
        Permission.SYSTEM_READ,
    }
)
_BILLING_ADMIN = _SUPPORT | {
    Permission.CUSTOMERS_WRITE,
    Permission.SUBSCRIPTIONS_WRITE,
    Permission.LICENSES_WRITE,
    Permission.DOMAINS_WRITE,
    Permission.REFUNDS_WRITE,
    Permission.DUNNING_DECIDE,
    Permission.CATALOG_WRITE,
    Permission.TAX_WRITE,
    Permission.PROVISION_WRITE,
    Permission.WEBHOOKS_REPLAY,
    Permission.REPORTS_READ,
    Permission.AUDIT_READ,
}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CUSTOMER: frozenset(),
    Role.SUPPORT: _SUPPORT,
    Role.BILLING_ADMIN: _BILLING_ADMIN,
    # Panel servers and staff stay with the owner: either one leads to every customer's data.
    Role.OWNER: frozenset(Permission),
}


def allows(role: Role, permission: Permission) -> bool:
    return permission in PERMISSIONS[role]


def is_staff(role: Role) -> bool:
    return role is not Role.CUSTOMER


def roles_with(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role in Role if allows(role, permission))
