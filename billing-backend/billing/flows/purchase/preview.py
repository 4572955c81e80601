"""What an order would cost, without placing it."""

import uuid

from billing.accounts.models import User
from billing.accounts.service import get_user_or_raise
from billing.flows.purchase.place import Desk, check_shape
from billing.flows.purchase.pricing import Pricing, price_items
from billing.flows.purchase.schemas import QuoteIn, QuoteLine, QuoteOut
from billing.flows.purchase.taxes import tax_amounts
from billing.flows.purchase.terms import better_terms, look_up
from billing.kit.db import Subject
from billing.tax.determination import Treatment
from billing.tax.schemas import DecisionOut


async def preview_order(desk: Desk, user_id: uuid.UUID | None, body: QuoteIn) -> QuoteOut:
    """Price and tax the items as an order placed now would be; raises what those raise.

    A stranger (None) is taxed by the country of the request alone, and so is a customer without an address. Opens its
    own transaction, none while the provider is asked about a coupon.
    """
    names = check_shape(body, needs_registrant=False)
    coupon = await look_up(desk.coupons, body.coupon)
    subject = Subject.system() if user_id is None else Subject.customer(user_id)
    async with desk.database.transaction(subject) as session:
        pricing = Pricing(session, desk.settings.currency, user_id, desk.clock.now().date())
        listed = await price_items(pricing, body, names)
        priced = await better_terms(session, user_id, listed, coupon)
        user = None if user_id is None else await get_user_or_raise(session, user_id)
        buyer = user if user is not None and user.country is not None else User(country=body.country)
        amounts = [item.price.amount for item in priced]
        tax = await tax_amounts(session, desk.settings, buyer, amounts, body.currency, desk.clock.now())
    decision = tax.assessment.decision
    known = decision.treatment is not Treatment.AUTOMATIC
    return QuoteOut(
        currency=body.currency,
        lines=[
            QuoteLine(
                description=item.description,
                amount=item.price.amount,
                tax_amount=taxed if known else None,
                total_amount=item.price.amount + (0 if tax.inclusive else taxed) if known else None,
            )
            for item, taxed in zip(priced, tax.taxes, strict=True)
        ],
        subtotal_amount=sum(amounts),
        discount_amount=sum(item.discount for item in priced),
        tax_amount=tax.total if known else None,
        total_amount=sum(amounts) + tax.on_top if known else None,
        tax=DecisionOut.of(decision, tax.note),
    )
