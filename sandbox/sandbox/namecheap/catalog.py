"""Availability, prices, TLDs, balance."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from sandbox.namecheap.account import Account
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.params import Params
from sandbox.namecheap.tlds import (
    EAP_FEE,
    PREMIUM_PRICE,
    PREMIUM_RENEWAL,
    PREMIUM_RESTORE,
    TLDS,
    Tld,
    is_early_access,
    is_premium,
    label_and_tld,
)

CHECK_LIMIT: Final = 50
_ACTIONS: Final = ("register", "renew", "reactivate", "transfer")


def check(account: Account, params: Params) -> list[Element]:
    names = [name.strip().lower() for name in params.get("DomainList").split(",") if name.strip()]
    if not names:
        raise ApiFailure("2010169", "Parameter DomainList is Missing")
    if len(names) > CHECK_LIMIT:
        raise ApiFailure("2011169", f"Only {CHECK_LIMIT} domains are allowed in a single check command")
    unknown = [name for name in names if label_and_tld(name)[1] not in TLDS]
    results = [_check_one(account, name) for name in names if name not in unknown]
    if unknown:
        # One bad name spoils the reply, though the others' results are still in it.
        raise ApiFailure("2030280", f"Tld for '{unknown[0]}' is not found", *results)
    return results


def _check_one(account: Account, name: str) -> Element:
    if name.startswith("unreachable"):
        return element(
            "DomainCheckResult",
            Domain=name,
            Available=False,
            ErrorNo="3031510",
            Description="Error from provider",
        )
    premium, early = is_premium(name), is_early_access(name)
    fee = TLDS[label_and_tld(name)[1]].fee
    zero = Decimal(0)
    return element(
        "DomainCheckResult",
        Domain=name,
        Available=account.is_free(name),
        ErrorNo="0",
        Description="",
        IsPremiumName=premium or early,
        PremiumRegistrationPrice=PREMIUM_PRICE if premium or early else zero,
        PremiumRenewalPrice=PREMIUM_RENEWAL if premium or early else zero,
        PremiumRestorePrice=PREMIUM_RESTORE if premium or early else zero,
        PremiumTransferPrice=PREMIUM_PRICE if premium or early else zero,
        IcannFee=fee if premium or early else zero,
        EapFee=EAP_FEE if early else zero,
    )


def get_pricing(_account: Account, params: Params) -> list[Element]:
    if params.get("ProductType").upper() != "DOMAIN":
        raise ApiFailure("2011298", "ProductType is invalid")
    wanted_action = params.get("ActionName").lower()
    wanted_tld = params.get("ProductName").lower()
    result = element("UserGetPricingResult")
    product_type = child(result, "ProductType", Name="domains")
    tlds = {name: tld for name, tld in TLDS.items() if wanted_tld in {"", name}}
    for action in _ACTIONS if tlds else ():
        if wanted_action in {"", action}:
            category = child(product_type, "ProductCategory", Name=action)
            for name, tld in tlds.items():
                _price_rows(child(category, "Product", Name=name), name, tld, action)
    return [result]


def _price_rows(product: Element, name: str, tld: Tld, action: str) -> None:
    price = f"{tld.price(action):.2f}"
    fee = f"{tld.fee:.2f}"
    longest = 1 if action in {"transfer", "reactivate"} else tld.max_years
    for years in range(1, longest + 1):
        child(
            product,
            "Price",
            Duration=years,
            DurationType="YEAR",
            # The live service leaves this empty for some TLDs.
            Price="" if name == "info" else price,
            PricingType="MULTIPLE",
            AdditionalCost=fee,
            RegularPrice=price,
            RegularPriceType="MULTIPLE",
            RegularAdditionalCost=fee,
            RegularAdditionalCostType="MULTIPLE",
            YourPrice=price,
            YourPriceType="MULTIPLE",
            YourAdditonalCost=fee,
            YourAdditonalCostType="MULTIPLE",
            PromotionPrice="0.0",
            Currency="USD",
        )


def get_tld_list(_account: Account, _params: Params) -> list[Element]:
    result = element("Tlds")
    for name, tld in TLDS.items():
        child(
            result,
            "Tld",
            f"{name.upper()} domains",
            Name=name,
            NonRealTime=False,
            NonRealTimeDomain=False,
            MinRegisterYears=1,
            MaxRegisterYears=tld.max_years,
            MinRenewYears=1,
            MaxRenewYears=tld.max_years,
            MinTransferYears=1,
            MaxTransferYears=1,
            IsApiRegisterable=True,
            IsApiRenewable=True,
            IsApiTransferable=True,
            IsEppRequired=name not in {"co.uk", "org.uk"},
        )
    return [result]


def get_balances(account: Account, _params: Params) -> list[Element]:
    balance = f"{account.settings()['balance'] / 100:.2f}"
    return [
        element(
            "UserGetBalancesResult",
            Currency="USD",
            AvailableBalance=balance,
            AccountBalance=balance,
            EarnedAmount="0.00",
            WithdrawableAmount="0.00",
            FundsRequiredForAutoRenew="0.00",
        )
    ]


COMMANDS: Final[dict[str, Callable[[Account, Params], list[Element]]]] = {
    "domains.check": check,
    "domains.getTldList": get_tld_list,
    "users.getPricing": get_pricing,
    "users.getBalances": get_balances,
}
