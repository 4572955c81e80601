"""Availability and prices."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from time import monotonic
from typing import Final

from billing.domains.ports import Availability, PriceAction, Retriable, TldRules
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from billing.integrations.registrars.namecheap.envelope import Envelope, Node
from billing.integrations.registrars.namecheap.errors import SHORT_PAUSE, TLD_NUMBERS
from billing.integrations.registrars.namecheap.names import tld_of
from billing.integrations.registrars.namecheap.transport import Transport
from billing.integrations.registrars.namecheap.values import (
    MalformedReply,
    read_bool,
    read_decimal,
    read_integer,
    read_money,
    to_money,
)
from billing.kit.money import Money

CHECK_LIMIT: Final = 50
_PRICE_FIELDS: Final = (
    # amount, how it counts, extra cost, how that counts. The misspelling is the service's own.
    ("Price", "PricingType", "AdditionalCost", "AdditionalCostType"),
    ("YourPrice", "YourPriceType", "YourAdditonalCost", "YourAdditonalCostType"),
    ("RegularPrice", "RegularPriceType", "RegularAdditionalCost", "RegularAdditionalCostType"),
)

PriceTable = dict[int, Money]


async def check(transport: Transport, names: Sequence[str]) -> list[Availability]:
    """Ask in batches of 50; a TLD that Namecheap does not sell spoils a batch, so it is asked again by TLD."""
    found: dict[str, Availability] = {}
    wanted = list(dict.fromkeys(names))
    for start in range(0, len(wanted), CHECK_LIMIT):
        found |= await _check_batch(transport, wanted[start : start + CHECK_LIMIT])
    return [found[name] for name in names]


async def _check_batch(transport: Transport, names: list[str]) -> dict[str, Availability]:
    envelope = await transport.send("domains.check", {"DomainList": ",".join(names)})
    if not _is_tld_refusal(envelope):
        return transport.read("domains.check", envelope, partial(_read_check, names=names))
    by_tld: dict[str, list[str]] = {}
    for name in names:
        by_tld.setdefault(tld_of(name), []).append(name)
    if len(by_tld) == 1:
        return {name: Availability(name, is_available=False) for name in names}
    found: dict[str, Availability] = {}
    for batch in by_tld.values():
        found |= await _check_batch(transport, batch)
    return found


def _is_tld_refusal(envelope: Envelope) -> bool:
    return not envelope.is_ok and bool({error.number for error in envelope.errors} & TLD_NUMBERS)


def _read_check(response: Node, names: list[str]) -> dict[str, Availability]:
    found: dict[str, Availability] = {}
    for result in response.children("DomainCheckResult"):
        name = result.require("Domain").lower()
        number = result.attribute("ErrorNo") or "0"
        if number != "0":
            # The registry did not answer for this name: neither free nor taken.
            description = result.attribute("Description") or ""
            raise Retriable(f"namecheap.domains.check: {name}: {number} {description}"[:500], after=SHORT_PAUSE)
        found[name] = _read_availability(name, result)
    missing = [name for name in names if name not in found]
    if missing:
        raise MalformedReply(f"no result for {missing[0]}")
    return found


def _read_availability(name: str, result: Node) -> Availability:
    is_available = read_bool(result.require("Available")) is True
    if read_bool(result.attribute("IsPremiumName")) is not True:
        return Availability(name, is_available)
    price = read_decimal(result.require("PremiumRegistrationPrice"))
    # Names in a registry's early access phase are shown as available, yet orders by API are refused.
    is_early_access = read_decimal(result.attribute("EapFee")) > 0
    return Availability(
        name,
        is_available and not is_early_access,
        is_premium=True,
        price=to_money(price + read_decimal(result.attribute("IcannFee"))),
        premium_price=to_money(price),
        renewal_price=read_money(result.attribute("PremiumRenewalPrice")),
    )


class PriceList:
    """Prices by TLD and action, and the TLDs themselves, kept for `price_ttl`."""

    def __init__(self, transport: Transport, config: NamecheapConfig) -> None:
        self._transport = transport
        self._ttl = config.price_ttl.total_seconds()
        self._kept: dict[tuple[str, PriceAction], tuple[float, PriceTable]] = {}
        self._tlds: tuple[float, list[TldRules]] | None = None

    async def price(self, tld: str, action: PriceAction, years: int) -> Money | None:
        """Return the cost of `years` years, None when not sold."""
        key = (tld, action)
        kept = self._kept.get(key)
        if kept is None or kept[0] < monotonic():
            kept = (monotonic() + self._ttl, await self._ask(tld, action))
            self._kept[key] = kept
        return kept[1].get(years)

    async def list_tlds(self) -> list[TldRules]:
        """Return the TLD list, kept for `price_ttl` too."""
        if self._tlds is None or self._tlds[0] < monotonic():
            listed = await self._transport.call("domains.getTldList", {}, _read_tlds)
            self._tlds = (monotonic() + self._ttl, listed)
        return self._tlds[1]

    async def _ask(self, tld: str, action: PriceAction) -> PriceTable:
        params = {
            "ProductType": "DOMAIN",
            "ProductCategory": "DOMAINS",
            "ActionName": action.value.upper(),
            "ProductName": tld.upper(),
        }
        return await self._transport.call(
            "users.getPricing", params, lambda response: _read_prices(response, tld, action)
        )


def _read_tlds(response: Node) -> list[TldRules]:
    return [_read_tld(node) for node in response.get("Tlds").children("Tld")]


def _read_tld(node: Node) -> TldRules:
    return TldRules(
        tld=node.require("Name").lower(),
        min_years=read_integer(node.require("MinRegisterYears")),
        max_years=read_integer(node.require("MaxRegisterYears")),
        is_registerable=read_bool(node.attribute("IsApiRegisterable")) is True,
        is_renewable=read_bool(node.attribute("IsApiRenewable")) is True,
        is_transferable=read_bool(node.attribute("IsApiTransferable")) is True,
        needs_auth_code=read_bool(node.attribute("IsEppRequired")) is True,
        is_realtime=read_bool(node.attribute("NonRealTimeDomain")) is not True,
    )


def _read_prices(response: Node, tld: str, action: PriceAction) -> PriceTable:
    table: PriceTable = {}
    for product_type in response.get("UserGetPricingResult").children("ProductType"):
        for category in product_type.children("ProductCategory"):
            if category.require("Name").lower() != action.value:
                continue
            for product in category.children("Product"):
                if product.require("Name").lower() == tld:
                    table |= _read_product(product)
    return table


def _read_product(product: Node) -> PriceTable:
    table: PriceTable = {}
    for row in product.children("Price"):
        if (row.attribute("DurationType") or "YEAR").upper() != "YEAR":
            continue
        duration = read_integer(row.require("Duration"))
        total = _total(row, duration)
        if total > 0:
            table[duration] = to_money(total, row.attribute("Currency"))
    return table


def _total(row: Node, years: int) -> Decimal:
    for price, kind, extra, extra_kind in _PRICE_FIELDS:
        amount = read_decimal(row.attribute(price))
        if amount > 0:
            multiple = row.attribute(kind)
            more = read_decimal(row.attribute(extra))
            return amount * _times(multiple, years) + more * _times(row.attribute(extra_kind) or multiple, years)
    return Decimal(0)


def _times(kind: str | None, years: int) -> int:
    """MULTIPLE prices are per year, all others for the whole time."""
    return years if (kind or "").upper() == "MULTIPLE" else 1
