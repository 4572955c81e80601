"""The commands that charge: create, renew, reactivate."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import Element

from sandbox.namecheap.account import Account, Document, add_years, day, instant, require_tld
from sandbox.namecheap.contacts import read_contacts
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.params import Params
from sandbox.namecheap.tlds import PREMIUM_PRICE, PREMIUM_RENEWAL, PREMIUM_RESTORE, Tld, is_early_access, is_premium

_HOST: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_MAX_YEARS: Final = 10


def create(account: Account, params: Params, pending_seconds: int = 0) -> list[Element]:
    """Register; with `pending_seconds` the registry takes that long to answer."""
    name, years = params.domain(), params.years()
    tld = require_tld(name)
    contacts = read_contacts(params, at_create=True)
    nameservers = read_nameservers(params, required=False)
    _check_attributes(name, tld, params)
    has_privacy = _wants_privacy(params) and tld.has_privacy
    price = _agreed_price(name, tld, params, years)
    if not account.is_free(name):
        raise ApiFailure("3019166", "Domain name not available")
    receipt = account.charge(price)
    domain = new_domain(account, name, years, contacts, nameservers=nameservers)
    domain["pending_until"] = account.now + pending_seconds if pending_seconds else 0
    if has_privacy:
        domain["privacy"]["enabled"] = params.is_yes("WGEnabled")
    else:
        domain["privacy"] = None
    account.put(domain)
    attributes = {"Domain": name, "Registered": True, "DomainID": domain["id"], **receipt}
    return [
        element(
            "DomainCreateResult",
            **attributes,
            WhoisguardEnable=has_privacy and params.is_yes("WGEnabled"),
            NonRealTimeDomain=bool(pending_seconds),
        )
    ]


def new_domain(
    account: Account, name: str, years: int, contacts: Document, *, nameservers: list[str] | None = None
) -> Document:
    """A fresh domain document, with a privacy subscription that is off."""
    expires_at = add_years(account.now, years)
    return {
        "name": name,
        "id": account.next_id("domain_ids", 677_000),
        "created_at": account.now,
        "expires_at": expires_at,
        "pending_until": 0,
        "nameservers": nameservers or [],
        "contacts": contacts,
        "locked": True,
        "premium": is_premium(name),
        "privacy": {
            "id": account.next_id("privacy_ids", 53_000),
            "enabled": False,
            "forward_to": contacts["Registrant"]["EmailAddress"],
            "expires_at": expires_at,
        },
        "hosts": {},
        "records": [],
        "email_type": "NONE",
    }


def read_nameservers(params: Params, *, required: bool) -> list[str]:
    """The comma list `Nameservers`. Raises ApiFailure 2011168."""
    names = [part.strip().rstrip(".").lower() for part in params.get("Nameservers").split(",") if part.strip()]
    if not names and not required:
        return []
    if not 2 <= len(names) <= 12 or not all(_HOST.fullmatch(name) for name in names):
        raise ApiFailure("2011168", "Nameservers are invalid")
    return names


def _check_attributes(name: str, tld: Tld, params: Params) -> None:
    if name.startswith("xn--") and not re.fullmatch(r"[a-z]{3}", params.get("IdnCode")):
        raise ApiFailure("2011322", "Parameter IdnCode is Missing")
    for attribute, allowed in (tld.attributes or {}).items():
        value = params.get(attribute)
        if not value or (allowed is not None and value not in allowed):
            raise ApiFailure("2011322", f"Extended Attribute {attribute} is invalid")


def _wants_privacy(params: Params) -> bool:
    wanted = params.is_yes("AddFreeWhoisguard")
    if params.is_yes("WGEnabled") and not wanted:
        raise ApiFailure("2033407", "Cannot enable Whoisguard when AddWhoisguard is set as NO")
    return wanted


def _agreed_price(name: str, tld: Tld, params: Params, years: int) -> int:
    if is_early_access(name):
        raise ApiFailure("2515623", "Early access names cannot be registered by API")
    return _premium_or(name, params, PREMIUM_PRICE, tld.total("register", years))


def _premium_or(name: str, params: Params, premium_price: Decimal, standard: int) -> int:
    """Cents: the standard price, or the premium price once the client has named it."""
    if not is_premium(name):
        if params.is_yes("IsPremiumDomain"):
            raise ApiFailure("2511623", "Domain name is not premium")
        return standard
    if not params.is_yes("IsPremiumDomain") or not params.has("PremiumPrice"):
        raise ApiFailure("2515623", "Premium domain flag or premium price is missing")
    try:
        named = Decimal(params.get("PremiumPrice"))
    except InvalidOperation:
        named = Decimal(-1)
    if named != premium_price:
        raise ApiFailure("2515610", "Premium price does not match")
    return int(premium_price * 100)


def renew(account: Account, params: Params) -> list[Element]:
    domain, years = _held(account, params.domain()), params.years(default="1")
    if account.is_expired(domain):
        raise ApiFailure("2020166", "Domain has expired. Please reactivate your domain")
    tld = require_tld(domain["name"])
    expires_at = add_years(domain["expires_at"], years)
    if expires_at > add_years(account.now, _MAX_YEARS):
        raise ApiFailure("2015167", "A domain cannot be registered for more than 10 years")
    price = _premium_or(domain["name"], params, PREMIUM_RENEWAL, tld.total("renew", years))
    receipt = account.charge(price)
    domain["expires_at"] = expires_at
    account.put(domain)
    result = element("DomainRenewResult", DomainName=domain["name"], DomainID=domain["id"], Renew=True, **receipt)
    details = child(result, "DomainDetails")
    child(details, "ExpiredDate", instant(expires_at))
    child(details, "NumYears", "0")
    return [result]


def reactivate(account: Account, params: Params) -> list[Element]:
    domain, years = _held(account, params.domain()), params.years("YearsToAdd", "1")
    if not account.is_expired(domain):
        raise ApiFailure("2020166", f"Domain is not expired, it expires on {day(domain['expires_at'])}")
    tld = require_tld(domain["name"])
    price = _premium_or(domain["name"], params, PREMIUM_RESTORE, tld.total("reactivate", years))
    receipt = account.charge(price)
    domain["expires_at"] = add_years(domain["expires_at"], years)
    account.put(domain)
    return [element("DomainReactivateResult", Domain=domain["name"], IsSuccess=True, **receipt)]


def _held(account: Account, name: str) -> Document:
    domain = account.get(name)
    if domain is None:
        raise ApiFailure("2016166", "Domain is not associated with your account")
    return domain


COMMANDS: Final[dict[str, Callable[[Account, Params], list[Element]]]] = {
    "domains.create": create,
    "domains.renew": renew,
    "domains.reactivate": reactivate,
}
