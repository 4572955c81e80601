"""VAT numbers: read in the forms people write them, kept in one."""

from collections.abc import Callable
from dataclasses import dataclass

from stdnum.ch import vat as swiss
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as british
from stdnum.no import mva as norwegian

from billing.tax.errors import VatCountryUnknown, VatNumberInvalid, VatNumberOfOtherCountry
from billing.tax.places import country_of_prefix, is_eu, vat_prefix


@dataclass(frozen=True, slots=True)
class VatNumber:
    """A well-formed number, its check digits right where the country has them. `text` is the form we keep."""

    country: str
    text: str

    @property
    def local(self) -> str:
        """The number without the letters of its country, as VIES asks for it; of EU numbers only."""
        return self.text.removeprefix(vat_prefix(self.country))

    @property
    def can_be_checked(self) -> bool:
        """Whether VIES knows numbers of this country."""
        return is_eu(self.country)


_OUTSIDE: dict[str, Callable[[str], str]] = {
    "CH": swiss.validate,
    "GB": british.validate,
    "NO": norwegian.validate,
}


def parse_vat_number(written: str, country: str) -> VatNumber:
    """Return the number of a business in `country` (ISO 3166-1 alpha-2).

    Raises `VatCountryUnknown` where we know no form to hold it against, `VatNumberInvalid`,
    `VatNumberOfOtherCountry`.
    """
    if not is_eu(country) and country not in _OUTSIDE:
        raise VatCountryUnknown
    # Old Irish numbers have a + or * in them.
    compact = "".join(character for character in written.upper() if character.isalnum() or character in "+*")
    try:
        if not is_eu(country):
            return VatNumber(country, _with_letters(country, _OUTSIDE[country](compact)))
        prefix = compact[:2]
        if prefix.isalpha() and is_eu(country_of_prefix(prefix)) and country_of_prefix(prefix) != country:
            european.validate(compact)
            raise VatNumberOfOtherCountry
        bare = compact.removeprefix(vat_prefix(country))
        return VatNumber(country, european.validate(vat_prefix(country) + bare))
    except ValidationError as error:
        raise VatNumberInvalid(extra={"reason": str(error)}) from error


def _with_letters(country: str, number: str) -> str:
    """Norwegian and British numbers are kept with their country, as the others have it anyway."""
    return number if country == "CH" else country + number
