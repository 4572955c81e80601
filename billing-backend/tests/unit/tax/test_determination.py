"""The table of who pays which tax where."""

from datetime import date
from decimal import Decimal

import pytest

from billing.tax.determination import Buyer, Decision, Reason, Seller, Treatment, decide, needs_table, rate_on
from billing.tax.models import TaxRate, VatStatus
from billing.tax.seeds import BEGIN, STANDARD_RATES

DAY = date(2026, 11, 20)
SELLER = Seller("DE")
VALID, PENDING, INVALID = VatStatus.VALID, VatStatus.PENDING, VatStatus.INVALID


def rate(
    country: str,
    percentage: str,
    *,
    region: str = "",
    since: date = BEGIN,
    until: date | None = None,
    inclusive: bool = False,
) -> TaxRate:
    return TaxRate(
        country=country,
        region=region,
        name="VAT",
        percentage=Decimal(percentage),
        inclusive=inclusive,
        valid_from_on=since,
        valid_until_on=until,
    )


RATES = [rate(country, percentage) for country, percentage in STANDARD_RATES.items()]


def business(country: str, status: VatStatus | None = VALID, *, number_of: str | None = None) -> Buyer:
    return Buyer(country, None, number_of or country, status)


def told(decision: Decision) -> tuple[Treatment, Reason, str]:
    return decision.treatment, decision.reason, f"{decision.percentage.normalize():f}"


TAXED, UNTAXED, REVERSE = Treatment.TAXED, Treatment.UNTAXED, Treatment.REVERSE_CHARGE


@pytest.mark.parametrize(
    ("buyer", "expected"),
    [
        (Buyer(), (UNTAXED, Reason.NO_ADDRESS, "0")),
        (Buyer("DE"), (TAXED, Reason.DOMESTIC, "19")),
        (business("DE"), (TAXED, Reason.DOMESTIC, "19")),
        (Buyer("FR"), (TAXED, Reason.EU_CONSUMER, "20")),
        (Buyer("FI"), (TAXED, Reason.EU_CONSUMER, "25.5")),
        (business("FR"), (REVERSE, Reason.EU_BUSINESS, "0")),
        (business("FR", PENDING), (REVERSE, Reason.EU_BUSINESS, "0")),
        (business("FR", INVALID), (TAXED, Reason.EU_CONSUMER, "20")),
        (business("FR", None), (TAXED, Reason.EU_CONSUMER, "20")),
        (business("FR", number_of="IT"), (TAXED, Reason.EU_CONSUMER, "20")),
        (business("GR"), (REVERSE, Reason.EU_BUSINESS, "0")),
        (Buyer("CH"), (UNTAXED, Reason.OUTSIDE, "0")),
        (business("CH", VatStatus.UNCHECKED), (UNTAXED, Reason.OUTSIDE, "0")),
        (Buyer("US"), (UNTAXED, Reason.OUTSIDE, "0")),
        (Buyer("GB"), (UNTAXED, Reason.OUTSIDE, "0")),
    ],
)
def test_a_seller_in_germany(buyer: Buyer, expected: tuple[Treatment, Reason, str]) -> None:
    assert told(decide(SELLER, buyer, RATES, DAY)) == expected


@pytest.mark.parametrize(
    ("seller", "buyer", "expected"),
    [
        (Seller("DE", mode="off"), Buyer("DE"), (UNTAXED, Reason.SWITCHED_OFF, "0")),
        (Seller(None), Buyer("DE"), (UNTAXED, Reason.NO_SELLER_COUNTRY, "0")),
        (Seller("DE", registered={"CH"}), Buyer("CH"), (TAXED, Reason.REGISTERED_ABROAD, "8.1")),
        (Seller("DE", registered={"US"}), Buyer("US"), (UNTAXED, Reason.NO_RATE, "0")),
        (Seller("DE", consumers_at_origin=True), Buyer("FR"), (TAXED, Reason.EU_CONSUMER_AT_ORIGIN, "19")),
        (Seller("DE", trusts_unverified=False), business("FR", PENDING), (TAXED, Reason.EU_CONSUMER, "20")),
        (Seller("DE", trusts_unverified=False), business("FR"), (REVERSE, Reason.EU_BUSINESS, "0")),
        (Seller("DE", without_address_as_domestic=True), Buyer(), (TAXED, Reason.NO_ADDRESS_AS_DOMESTIC, "19")),
        (Seller("CH"), Buyer("CH"), (TAXED, Reason.DOMESTIC, "8.1")),
        (Seller("CH"), Buyer("DE"), (UNTAXED, Reason.OUTSIDE, "0")),
        (Seller("CH", registered={"DE"}), Buyer("DE"), (TAXED, Reason.REGISTERED_ABROAD, "19")),
        (Seller("CH", registered={"DE"}), business("DE"), (REVERSE, Reason.EU_BUSINESS, "0")),
        (Seller("DE", mode="stripe"), Buyer("DE"), (Treatment.AUTOMATIC, Reason.PROVIDER, "0")),
        (Seller("DE", mode="stripe"), Buyer(), (UNTAXED, Reason.NO_ADDRESS, "0")),
    ],
)
def test_what_settings_change(seller: Seller, buyer: Buyer, expected: tuple[Treatment, Reason, str]) -> None:
    assert told(decide(seller, buyer, RATES, DAY)) == expected


def test_every_member_state_has_its_consumers_taxed_at_home() -> None:
    for country, percentage in STANDARD_RATES.items():
        decision = decide(Seller("DE", registered={"GB", "CH", "NO"}), Buyer(country), RATES, DAY)
        assert (decision.place, told(decision)[2]) == (country, percentage)
    assert len(STANDARD_RATES) == 30


def test_a_later_rate_ends_the_earlier_on_its_day() -> None:
    rates = [rate("DE", "19"), rate("DE", "21", since=date(2027, 1, 1))]
    assert told(decide(SELLER, Buyer("DE"), rates, date(2026, 12, 31)))[2] == "19"
    assert told(decide(SELLER, Buyer("DE"), rates, date(2027, 1, 1)))[2] == "21"
    assert told(decide(SELLER, Buyer("DE"), rates, date(2025, 12, 31))) == (UNTAXED, Reason.NO_RATE, "0")


def test_a_rate_that_ended_is_not_followed_by_the_one_before_it() -> None:
    rates = [rate("DE", "19"), rate("DE", "16", since=date(2026, 7, 1), until=date(2026, 12, 31))]
    assert told(decide(SELLER, Buyer("DE"), rates, date(2026, 12, 30)))[2] == "16"
    assert told(decide(SELLER, Buyer("DE"), rates, date(2026, 12, 31))) == (UNTAXED, Reason.NO_RATE, "0")


def test_a_region_has_its_own_rate_and_the_others_the_countrys() -> None:
    rates = [rate("PT", "23"), rate("PT", "16", region="açores")]
    for region, percentage in ((None, 23), ("Lisboa", 23), ("Açores", 16), ("  AÇORES ", 16)):
        found = rate_on(rates, "PT", region, DAY)
        assert found is not None
        assert found.percentage == percentage, region


def test_a_region_whose_rate_ended_is_not_taxed_as_the_rest() -> None:
    rates = [rate("PT", "23"), rate("PT", "16", region="açores", until=date(2026, 6, 1))]
    assert rate_on(rates, "PT", "Açores", DAY) is None


def test_nobody_looks_anything_up_for_who_has_no_address() -> None:
    assert not needs_table(SELLER, Buyer())
    assert not needs_table(Seller(None), Buyer("DE"))
    assert not needs_table(Seller("DE", mode="stripe"), Buyer("DE"))
    assert needs_table(SELLER, Buyer("US"))
    assert needs_table(Seller("DE", without_address_as_domestic=True), Buyer())
