"""Seller and buyer as they stand on a document: frozen when it gets its number."""

from email.utils import parseaddr

from billing.accounts.models import User
from billing.payments.facts import BuyerFact
from billing.settings import Settings

_VAT_TYPES = ("eu_vat", "gb_vat", "eu_oss_vat", "ch_vat", "no_vat")


def seller_of(settings: Settings) -> dict[str, object]:
    return {
        "name": settings.seller_name,
        "lines": list(settings.seller_address),
        "postal_code": settings.seller_postal_code,
        "city": settings.seller_city,
        "country": settings.tax_seller_country,
        "vat_number": settings.tax_seller_vat_number,
        "registration_number": settings.seller_registration_number,
        "email": settings.seller_email or parseaddr(settings.mail_from)[1],
    }


def buyer_of(user: User, fact: BuyerFact | None) -> dict[str, object]:
    """Return the customer as the provider froze them, with our own data where it knows nothing.

    An address is taken from one side whole: half of each would be nobody's.
    """
    fact = fact or BuyerFact()
    if fact.country or fact.line1:
        lines, postal_code, city = [fact.line1, fact.line2], fact.postal_code, fact.city
        region, country = fact.region, fact.country
    else:
        lines, postal_code, city = [user.address_line1, user.address_line2], user.postal_code, user.city
        region, country = user.region, user.country
    numbers = [value for kind, value in fact.tax_ids if kind in _VAT_TYPES]
    others = [value for kind, value in fact.tax_ids if kind not in _VAT_TYPES]
    return {
        "name": user.company_name or fact.name or user.full_name,
        "contact": user.full_name if user.company_name else None,
        "lines": [line for line in lines if line],
        "postal_code": postal_code,
        "city": city,
        "region": region,
        "country": country,
        "email": fact.email or user.email,
        "vat_number": numbers[0] if numbers else None,
        "registration_number": others[0] if others else None,
    }
