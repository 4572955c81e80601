"""What an order would cost, without placing it."""

import uuid

from billing.accounts.service import get_user_or_raise
from billing.flows.purchase.place import Desk, check_shape, price_items
from billing.flows.purchase.schemas import OrderIn, QuoteLine, QuoteOut
from billing.flows.purchase.taxes import tax_amounts
from billing.flows.purchase.terms import better_terms, look_up
from billing.kit.db import Subject
from billing.tax.determination import Treatment
from billing.tax.schemas import DecisionOut


async def preview_order(desk: Desk, user_id: uuid.UUID, body: OrderIn) -> QuoteOut:
    """Price and tax the items as an order placed now would be; raises what those raise.

    Opens its own transaction, none while the provider is asked about a coupon.
    """
    names = check_shape(body, needs_registrant=False)
    coupon = await look_up(desk.coupons, body.coupon)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        listed = await price_items(session, body, names, desk.settings.currency)
        priced = await better_terms(session, user_id, listed, coupon)
        user = await get_user_or_raise(session, user_id)
        amounts = [item.price.amount for item in priced]
        tax = await tax_amounts(session, desk.settings, user, amounts, body.currency, desk.clock.now())
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
