"""VAT numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.integrations.stripe.taxes import tax_id_of
from billing.tax.errors import VatCountryUnknown, VatNumberInvalid, VatNumberOfOtherCountry
from billing.tax.numbers import parse_vat_number
from billing.tax.places import EU
from service_kit.errors import AppError


@pytest.mark.parametrize(
    ("written", "country", "text", "local"),
    [
        ("FR 40 303 265 045", "FR", "FR40303265045", "40303265045"),
        ("40303265045", "FR", "FR40303265045", "40303265045"),
        ("de 136,695 976", "DE", "DE136695976", "136695976"),
        ("EL 094259216", "GR", "EL094259216", "094259216"),
        ("094259216", "GR", "EL094259216", "094259216"),
        ("ATU13585627", "AT", "ATU13585627", "U13585627"),
    ],
)
def test_eu_numbers_in_one_form(written: str, country: str, text: str, local: str) -> None:
    number = parse_vat_number(written, country)
    assert (number.text, number.local, number.country, number.can_be_checked) == (text, local, country, True)
    assert tax_id_of(number) == ("eu_vat", text)


@pytest.mark.parametrize(
    ("written", "country", "text", "stripes"),
    [
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA", ("ch_vat", "CHE-107.787.577 IVA")),
        ("GB 980 7806 84", "GB", "GB980780684", ("gb_vat", "GB980780684")),
        ("NO 995 525 828 MVA", "NO", "NO995525828MVA", ("no_vat", "995525828MVA")),
    ],
)
def test_numbers_that_no_registry_of_ours_knows(
    written: str, country: str, text: str, stripes: tuple[str, str]
) -> None:
    number = parse_vat_number(written, country)
    assert (number.text, number.can_be_checked) == (text, False)
    assert tax_id_of(number) == stripes


@pytest.mark.parametrize(
    ("written", "country", "error"),
    [
        ("FR40303265046", "FR", VatNumberInvalid),  # a wrong check digit
        ("DE123", "DE", VatNumberInvalid),
        ("hello", "FR", VatNumberInvalid),
        ("CHE-107.787.578 MWST", "CH", VatNumberInvalid),
        ("IT00743110157", "FR", VatNumberOfOtherCountry),
        ("123456789", "US", VatCountryUnknown),
    ],
)
def test_what_is_none(written: str, country: str, error: type[AppError]) -> None:
    with pytest.raises(error):
        parse_vat_number(written, country)


@given(st.text(max_size=40), st.sampled_from(sorted(EU | {"CH", "GB", "NO"})))
def test_no_text_breaks_it_and_what_it_takes_it_takes_again(written: str, country: str) -> None:
    try:
        number = parse_vat_number(written, country)
    except (VatNumberInvalid, VatNumberOfOtherCountry):
        return
    assert parse_vat_number(number.text, country) == number
    assert number.text.isascii()
    assert len(number.text) <= 20
