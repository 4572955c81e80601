"""What customers are told of a domain that nears its end: each once for each period and stage."""

from datetime import timedelta

from billing.accounts.models import User
from billing.accounts.service import mail_customer
from billing.catalog import service as catalog
from billing.catalog.models import TldAction
from billing.domains.models import Domain
from billing.flows.domain_renewal.models import DomainRenewal
from billing.flows.domain_renewal.stages import FIRST_CHARGE, NOTICE, next_charge
from billing.kit.db import Session
from billing.settings import Settings


async def tell_expiring(
    session: Session, settings: Settings, user: User, domain: Domain, renewal: DomainRenewal
) -> None:
    """Tell that the domain will be renewed and charged, or that it will end unless the customer renews it."""
    price = await catalog.get_tld_price_or_raise(session, domain.domain_name.partition(".")[2], for_renewal=True)
    # Who saw the first stage late is told in its place what the notice would have said.
    days = NOTICE if renewal.days_before == FIRST_CHARGE else renewal.days_before
    await mail_customer(
        session,
        user,
        key=f"domain-expiring:{domain.id}:{renewal.expiry_date}:{days}",
        template="domain_expiring",
        context={
            "domain": domain.domain_name,
            "expires_on": renewal.expiry_date,
            "renews_on": renewal.expiry_date - timedelta(days=FIRST_CHARGE) if domain.auto_renew else None,
            "amount": catalog.domain_price_of(price, TldAction.RENEW, 1),
            "domain_url": _page(settings, domain),
        },
    )


async def tell_failed(
    session: Session, settings: Settings, user: User, domain: Domain, renewal: DomainRenewal, reason: str
) -> None:
    """Tell that the renewal could not be charged, when it is tried again, and how to do without waiting."""
    stage = next_charge(renewal.days_before)
    await mail_customer(
        session,
        user,
        key=f"domain-renewal-failed:{renewal.id}",
        template="domain_renewal_failed",
        context={
            "domain": domain.domain_name,
            "expires_on": renewal.expiry_date,
            "reason": reason,
            "retry_on": None if stage is None else renewal.expiry_date - timedelta(days=stage),
            "domain_url": _page(settings, domain),
            "cards_url": f"{settings.portal_url}/payment-methods",
        },
    )


def _page(settings: Settings, domain: Domain) -> str:
    return f"{settings.portal_url}/domains/{domain.id}"
