"""The decision for one customer, with the evidence it rests on."""

from dataclasses import dataclass
from datetime import datetime

from billing.accounts.models import User
from billing.kit.db import Session
from billing.settings import Settings
from billing.tax import repository
from billing.tax.determination import Buyer, Decision, Seller, Treatment, decide, needs_table
from billing.tax.models import VatCheck


@dataclass(frozen=True, slots=True)
class Assessment:
    """A decision, and what was known of the buyer's VAT number when it was taken."""

    decision: Decision
    buyer: Buyer
    check: VatCheck | None
    vat_number: str | None
    at: datetime

    def evidence(self, seller: Seller) -> dict[str, object]:
        """Return the facts as they are frozen on an order."""
        decision, check = self.decision, self.check
        found: dict[str, object] = {
            "treatment": decision.treatment,
            "reason": decision.reason,
            "decided_at": self.at.isoformat(),
            "seller_country": seller.country,
            "country": self.buyer.country,
            "region": self.buyer.region,
        }
        if decision.rate is not None:
            found["rate"] = {
                "id": str(decision.rate.id),
                "country": decision.rate.country,
                "region": decision.rate.region or None,
                "name": decision.rate.name,
                "percentage": f"{decision.rate.percentage.normalize():f}",
                "inclusive": decision.rate.inclusive,
            }
        if self.vat_number is not None:
            found["vat_number"] = self.vat_number
        if check is not None:
            found["vat_check"] = {
                "id": str(check.id),
                "status": check.status,
                "consultation_number": check.consultation_number,
                "answered_at": check.answered_at.isoformat() if check.answered_at else None,
                "trader_name": check.trader_name,
                "trader_address": check.trader_address,
            }
        return found


async def assess(session: Session, seller: Seller, user: User, at: datetime) -> Assessment:
    """Decide what is due on a sale to `user` at `at`.

    A customer without an address costs no statement, one without a VAT number only that for the rates.
    """
    buyer = Buyer(user.country, user.region)
    if not needs_table(seller, buyer):
        return Assessment(decide(seller, buyer, (), at.date()), buyer, None, user.vat_number, at)
    check = None
    if user.vat_number is not None:
        check = await repository.latest_check(session, user.id, user.vat_number)
        status = None if check is None else check.status
        buyer = Buyer(user.country, user.region, user.vat_country, status)
    rates = await repository.list_rates_of(session, {place for place in (seller.country, buyer.country) if place})
    return Assessment(decide(seller, buyer, rates, at.date()), buyer, check, user.vat_number, at)


def note_for(settings: Settings, decision: Decision) -> str | None:
    """Return what the law wants to be said on the invoice, if anything."""
    return settings.tax_reverse_charge_text if decision.treatment is Treatment.REVERSE_CHARGE else None
