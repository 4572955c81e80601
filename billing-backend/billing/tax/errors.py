"""What tax refuses."""

from service_kit.errors import Conflict, NotFound, Unprocessable


class VatCountryUnknown(Unprocessable):
    code, title = "vat_country_unknown", "We can't check VAT numbers of this country; leave it empty"


class VatNumberInvalid(Unprocessable):
    code, title = "vat_number_invalid", "This is not a VAT number of that country"


class VatNumberOfOtherCountry(Unprocessable):
    code, title = "vat_number_other_country", "The VAT number is of another country than the address"


class AddressIncomplete(Unprocessable):
    code, title = "billing_country_missing", "A VAT number needs a billing address with a country"


class TaxRateNotFound(NotFound):
    code, title = "tax_rate_not_found", "There is no such tax rate"


class TaxRateTaken(Conflict):
    code, title = "tax_rate_taken", "A rate of this place begins on that day already"


class TaxRateInUse(Conflict):
    code, title = "tax_rate_in_use", "This rate has begun: only its name and its end can be changed"


class TaxRateEndInPast(Unprocessable):
    code, title = "tax_rate_end_in_past", "A rate can't end before it began, nor before today"


class VatCheckNotFound(NotFound):
    code, title = "vat_check_not_found", "There is no such check"


class VatCheckNotCheckable(Conflict):
    code, title = "vat_check_not_checkable", "There is no registry to ask about this number"
