"""A customer as the provider has to know them for its invoices."""

from billing.accounts.models import User
from billing.tax.numbers import VatNumber
from billing.tax.ports import CustomerProfile


def profile_of(user: User, *, reverse_charge: bool) -> CustomerProfile:
    vat = VatNumber(user.vat_country, user.vat_number) if user.vat_number and user.vat_country else None
    return CustomerProfile(
        name=user.company_name or user.full_name,
        country=user.country,
        address_line1=user.address_line1,
        address_line2=user.address_line2,
        city=user.city,
        region=user.region,
        postal_code=user.postal_code,
        vat=vat,
        reverse_charge=reverse_charge,
    )
