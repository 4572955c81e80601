"""The commands that charge: register, renew, reactivate."""

from datetime import date

from billing.domains.ports import (
    Charge,
    RegisterRequest,
    Rejected,
    RejectionCode,
    RenewRequest,
)
from billing.integrations.registrars.namecheap.attributes import attribute_params
from billing.integrations.registrars.namecheap.contacts import contact_params
from billing.integrations.registrars.namecheap.envelope import Node
from billing.integrations.registrars.namecheap.names import idn_params, tld_of
from billing.integrations.registrars.namecheap.transport import Transport
from billing.integrations.registrars.namecheap.values import (
    CURRENCY,
    MalformedReply,
    read_bool,
    read_date,
    read_money,
)
from billing.kit.money import Money


async def register(transport: Transport, request: RegisterRequest) -> Charge:
    """Send domains.create once."""
    privacy = "yes" if request.privacy else "no"
    params = {
        "DomainName": request.name,
        "Years": str(request.years),
        **contact_params(request.contacts),
        "AddFreeWhoisguard": privacy,
        "WGEnabled": privacy,
        **idn_params(request.name, request.idn_language),
        **attribute_params(tld_of(request.name), request.tld_attributes),
        **premium_params(request.premium_price),
    }
    if request.nameservers:
        params["Nameservers"] = ",".join(request.nameservers)
    return await transport.call("domains.create", params, _read_create, charging=True)


async def renew(transport: Transport, request: RenewRequest) -> Charge:
    """Send domains.renew once; nothing at Namecheap guards against a second year."""
    params = {
        "DomainName": request.name,
        "Years": str(request.years),
        **premium_params(request.premium_price),
    }
    return await transport.call("domains.renew", params, _read_renew, charging=True)


async def reactivate(transport: Transport, request: RenewRequest) -> Charge:
    """Send domains.reactivate once."""
    params = {
        "DomainName": request.name,
        "YearsToAdd": str(request.years),
        **premium_params(request.premium_price),
    }
    return await transport.call("domains.reactivate", params, _read_reactivate, charging=True)


def premium_params(price: Money | None) -> dict[str, str]:
    """Return what makes a premium order; Rejected(`price_changed`) when it was agreed in another currency."""
    if price is None:
        return {}
    if price.currency != CURRENCY:
        raise Rejected(RejectionCode.PRICE_CHANGED, f"Namecheap sells premium names in {CURRENCY} only")
    return {"IsPremiumDomain": "True", "PremiumPrice": str(price.to_decimal())}


def read_charge(result: Node, *, domain_id: str | None = None, expiry: date | None = None) -> Charge:
    """Read the receipt in a result element. Raises MalformedReply."""
    return Charge(
        cost=read_money(result.attribute("ChargedAmount")),
        order_id=result.attribute("OrderID"),
        transaction_id=result.attribute("TransactionID"),
        registrar_domain_id=domain_id,
        expiry_date=expiry,
        is_pending=read_bool(result.attribute("NonRealTimeDomain")) is True,
    )


def _require_done(result: Node, done: str) -> None:
    # OK and "false" contradict each other: only asking can tell which is true.
    if read_bool(result.require(done)) is not True:
        raise MalformedReply(f"{done} is not true")


def _read_create(response: Node) -> Charge:
    result = response.get("DomainCreateResult")
    _require_done(result, "Registered")
    return read_charge(result, domain_id=result.attribute("DomainID"))


def _read_renew(response: Node) -> Charge:
    result = response.get("DomainRenewResult")
    _require_done(result, "Renew")
    expiry = _lenient_date(result.child_text("DomainDetails", "ExpiredDate"))
    return read_charge(result, domain_id=result.attribute("DomainID"), expiry=expiry)


def _read_reactivate(response: Node) -> Charge:
    result = response.get("DomainReactivateResult")
    _require_done(result, "IsSuccess")
    return read_charge(result)


def _lenient_date(text: str | None) -> date | None:
    # The order is done; an odd date in its receipt must not make it look undone.
    try:
        return read_date(text)
    except MalformedReply:
        return None
