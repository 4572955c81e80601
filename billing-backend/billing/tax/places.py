"""Countries as tax law sees them."""

# ISO 3166-1; Greece's VAT numbers begin with EL.
EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
GREEK_PREFIX = "EL"


def is_eu(country: str) -> bool:
    return country in EU


def vat_prefix(country: str) -> str:
    """Return what the VAT numbers of an EU country begin with."""
    return GREEK_PREFIX if country == "GR" else country


def country_of_prefix(prefix: str) -> str:
    return "GR" if prefix == GREEK_PREFIX else prefix
