"""Who may do what, spelled out: a change here is a decision."""

import itertools

from billing.accounts.permissions import PERMISSIONS, Permission, Role, allows, is_staff, roles_with

OWNER_ONLY = {Permission.STAFF_WRITE, Permission.PANELS_WRITE}
NOT_FOR_SUPPORT = OWNER_ONLY | {
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


def test_the_matrix() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert not PERMISSIONS[Role.CUSTOMER]
    assert PERMISSIONS[Role.SUPPORT] == set(Permission) - NOT_FOR_SUPPORT
    assert PERMISSIONS[Role.BILLING_ADMIN] == set(Permission) - OWNER_ONLY
    assert PERMISSIONS[Role.OWNER] == set(Permission)


def test_each_role_can_do_what_the_one_below_can() -> None:
    ranks = [PERMISSIONS[role] for role in (Role.CUSTOMER, Role.SUPPORT, Role.BILLING_ADMIN, Role.OWNER)]
    assert all(lower < higher for lower, higher in itertools.pairwise(ranks))


def test_no_permission_is_nobodys() -> None:
    for permission in Permission:
        assert Role.OWNER in roles_with(permission)
        assert Role.CUSTOMER not in roles_with(permission)
        assert all(is_staff(role) and allows(role, permission) for role in roles_with(permission))
