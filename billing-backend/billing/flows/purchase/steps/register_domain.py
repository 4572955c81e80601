"""Register a domain at its registrar; a name that can never be had is refunded."""

import uuid

from billing.accounts.service import mail_customer
from billing.domains.actions.register import register_domain
from billing.domains.commands import RegisterDomain
from billing.domains.models import Domain, DomainContact
from billing.domains.ports import Contact
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.flows.purchase.delivered import license_for_order
from billing.flows.purchase.steps.registrar import CALLS, order_at_registrar
from billing.kit.db import Database, Session, Subject
from billing.kit.money import Money
from billing.orders import outcomes
from billing.orders.models import OrderItem, StepKind
from billing.settings import Settings


async def handle(context: StepContext) -> outcomes.Outcome:
    container = context.container
    settings = container.get(Settings)
    async with container.get(Database).transaction(Subject.system()) as session:
        command = await _command(session, context, settings)
    return await order_at_registrar(context, register_domain, command, lambda domain: _done(context, settings, domain))


async def _command(session: Session, context: StepContext, settings: Settings) -> RegisterDomain:
    item = context.item
    assert item.domain_name is not None
    assert item.years is not None
    assert item.cost_amount is not None
    license_row = await license_for_order(session, context.user.id, [other.id for other in context.items])
    contact = await _contact(session, item)
    return RegisterDomain(
        idempotency_key=context.step.idempotency_key,
        user_id=context.user.id,
        domain_name=item.domain_name,
        years=item.years,
        contact=contact.to_contact(),
        expected_cost=Money(item.cost_amount, item.currency),
        nameservers=tuple(settings.nameservers),
        privacy=item.privacy,
        idn_language=item.idn_language,
        tld_attributes={key: str(value) for key, value in (item.tld_attributes or {}).items()},
        license_id=license_row.id if license_row else None,
        order_item_id=item.id,
        contact_id=contact.id,
    )


async def _contact(session: Session, item: OrderItem) -> DomainContact:
    """Return the registrant of the order as an entry of the address book, the same one on every attempt."""
    contact_id = uuid.uuid5(item.id, "registrant")
    contact = await session.get(DomainContact, contact_id)
    if contact is None:
        assert item.registrant is not None
        values = {key: value for key, value in item.registrant.items() if key in Contact.__dataclass_fields__}
        contact = DomainContact(id=contact_id, user_id=item.user_id, **values)
        session.add(contact)
        await session.flush()
    return contact


def _done(context: StepContext, settings: Settings, domain: Domain) -> outcomes.Outcome:
    async def tell(session: Session) -> None:
        await mail_customer(
            session,
            context.user,
            key=f"domain-registered:{context.item.id}",
            template="domain_registered",
            context={
                "domain": domain.domain_name,
                "expires_on": domain.expiry_date,
                "auto_renew": domain.auto_renew,
                "nameservers": list(domain.nameservers),
                "domain_url": f"{settings.portal_url}/domains/{domain.id}",
            },
        )

    result: dict[str, object] = {"domain": domain.domain_name, "domain_id": str(domain.id)}
    return outcomes.Done(result, tell)


DEFINITION = StepDefinition(StepKind.REGISTER_DOMAIN, CALLS, handle)
