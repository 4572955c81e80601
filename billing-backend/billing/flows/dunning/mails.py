"""What the customer is told on the way; each mail has a key of its own, so nothing is told twice."""

from billing.accounts.models import User
from billing.accounts.service import mail_customer
from billing.flows.dunning import repository
from billing.flows.dunning.models import CaseKind, DunningCase
from billing.invoices.models import Invoice
from billing.invoices.service import pay_url
from billing.kit.db import Session
from billing.kit.money import Money
from billing.licenses.models import License
from billing.settings import Settings


async def _send(session: Session, case: DunningCase, key: str, template: str, context: dict[str, object]) -> None:
    user = await session.get_one(User, case.user_id)
    await mail_customer(
        session,
        user,
        key=key,
        template=template,
        context=context,
    )


async def _owed(session: Session, case: DunningCase) -> Invoice | None:
    return await repository.get_invoice(session, case.stripe_invoice_id) if case.stripe_invoice_id else None


async def _license_name(session: Session, case: DunningCase) -> str:
    return f"license …{(await session.get_one(License, case.license_id)).last4}"


async def tell_unpaid(session: Session, settings: Settings, case: DunningCase, label: str) -> None:
    """Mail what is owed, until when, and where to pay or to confirm; `label` tells this mail from the others."""
    invoice = await _owed(session, case)
    if invoice is None:
        return
    context: dict[str, object] = {
        "description": f"the renewal of your {await _license_name(session, case)} (invoice {invoice.number})",
        "amount": Money(invoice.amount_due, invoice.currency),
        "pay_url": pay_url(settings, invoice.id),
        "suspend_at": case.suspend_at,
        "cancel_at": case.cancel_at,
    }
    template = "payment_confirmation"
    if not case.needs_confirmation:
        template = "payment_failed"
        context["next_attempt_at"] = case.next_payment_attempt_at
    await _send(session, case, f"dunning:{invoice.stripe_invoice_id}:{label}", template, context)


async def tell_suspended(session: Session, settings: Settings, case: DunningCase) -> None:
    invoice = await _owed(session, case)
    amount = Money(invoice.amount_due, invoice.currency) if invoice is not None else None
    await _send(
        session,
        case,
        f"dunning-suspended:{case.id}",
        "license_suspended",
        {
            "license": await _license_name(session, case),
            "amount": amount,
            "pay_url": pay_url(settings, invoice.id) if invoice is not None else settings.portal_url,
            "cancel_at": case.cancel_at,
        },
    )


async def tell_reinstated(session: Session, settings: Settings, case: DunningCase) -> None:
    row = await session.get_one(License, case.license_id)
    await _send(
        session,
        case,
        f"dunning-reinstated:{case.id}",
        "license_reinstated",
        {"license": f"license …{row.last4}", "paid_until": row.expiry_date, "portal_url": settings.portal_url},
    )


async def tell_ended(session: Session, settings: Settings, case: DunningCase) -> None:
    await _send(
        session,
        case,
        f"dunning-ended:{case.id}",
        "subscription_ended",
        {
            "license": await _license_name(session, case),
            "unpaid": case.kind is CaseKind.UNPAID,
            "terminate_at": case.terminate_at,
            "shop_url": settings.portal_url,
        },
    )


async def tell_terminated(session: Session, settings: Settings, case: DunningCase) -> None:
    await _send(
        session,
        case,
        f"dunning-terminated:{case.id}",
        "account_terminated",
        {"license": await _license_name(session, case), "support_url": f"{settings.portal_url}/support"},
    )
