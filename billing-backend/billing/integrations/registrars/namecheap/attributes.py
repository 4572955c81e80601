"""What single registries ask for beyond the contacts: our neutral attribute names → Namecheap's parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from billing.domains.ports import ActionRequired


@dataclass(frozen=True, slots=True)
class Rule:
    """`fixed` are agreements the buyer accepts with our terms; `required` and `optional` map our names to theirs."""

    fixed: Mapping[str, str] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _uk(prefix: str) -> Rule:
    return Rule(
        required={"legal_type": f"{prefix}LegalType", "registered_for": f"{prefix}Registeredfor"},
        optional={"company_id": f"{prefix}CompanyID"},
    )


def _registrant_id(prefix: str) -> Rule:
    return Rule(required={"registrant_id": f"{prefix}RegistrantId"})


def _australia(prefix: str) -> Rule:
    return Rule(
        required={
            "registrant_id": f"{prefix}RegistrantId",
            "registrant_id_type": f"{prefix}RegistrantIdType",
        }
    )


RULES: Final[Mapping[str, Rule]] = {
    "us": Rule(
        required={"nexus_category": "RegistrantNexus", "purpose": "RegistrantPurpose"},
        optional={"nexus_country": "RegistrantNexusCountry"},
        choices={"nexus_category": _words("C11 C12 C21 C31 C32"), "purpose": _words("P1 P2 P3 P4 P5")},
    ),
    "eu": Rule(fixed={"EUAgreeWhoisPolicy": "YES", "EUAgreeDeletePolicy": "YES"}),
    "ca": Rule(
        fixed={"CIRAAgreementVersion": "2.0", "CIRAAgreementValue": "Y"},
        required={"legal_type": "CIRALegalType"},
        optional={"whois_display": "CIRAWhoisDisplay", "language": "CIRALanguage"},
        choices={
            "legal_type": _words("CCO CCT RES GOV EDU ASS HOP PRT TDM TRD PLT LAM TRS ABO INB LGR OMK MAJ"),
            "whois_display": _words("Full Private"),
            "language": _words("en fr"),
        },
    ),
    "co.uk": _uk("COUK"),
    "me.uk": _uk("MEUK"),
    "org.uk": _uk("ORGUK"),
    "de": Rule(fixed={"DEConfirmAddress": "DE", "DEAgreeDelete": "Yes"}),
    "fr": Rule(
        required={"legal_type": "FRLegalType"},
        optional={
            "birth_date": "FRRegistrantBirthDate",
            "birth_place": "FRRegistrantBirthplace",
            "legal_id": "FRRegistrantLegalId",
            "trade_number": "FRRegistrantTradeNumber",
            "duns_number": "FRRegistrantDunsNumber",
            "local_id": "FRRegistrantLocalId",
        },
        choices={"legal_type": _words("Individual Company")},
    ),
    "com.au": _australia("COMAU"),
    "net.au": _australia("NETAU"),
    "org.au": _australia("ORGAU"),
    "es": _registrant_id("ES"),
    "com.es": _registrant_id("COMES"),
    "nom.es": _registrant_id("NOMES"),
    "org.es": _registrant_id("ORGES"),
    "nu": Rule(required={"organization_number": "NUOrgNo"}),
}
_NO_RULE: Final = Rule()


def required_attributes(tld: str) -> frozenset[str]:
    """Return our names of what a TLD can't do without."""
    return frozenset(RULES.get(tld, _NO_RULE).required)


def attribute_problems(tld: str, given: Mapping[str, str]) -> list[str]:
    """Return what is missing, wrong or not known among the attributes of a TLD, in words; empty when all is well."""
    rule = RULES.get(tld, _NO_RULE)
    missing = sorted(name for name in rule.required if not given.get(name))
    unknown = sorted(name for name in given if name not in {**rule.required, **rule.optional})
    wrong = sorted(name for name, values in rule.choices.items() if given.get(name) and given[name] not in values)
    return [
        f"{word}: {', '.join(listed)}"
        for word, listed in (("missing", missing), ("unknown", unknown), ("invalid", wrong))
        if listed
    ]


def attribute_params(tld: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the extended attributes of a TLD. Raises ActionRequired naming what is missing, wrong or not known."""
    problems = attribute_problems(tld, given)
    if problems:
        raise ActionRequired("tld_attributes_invalid", f".{tld} attributes {'; '.join(problems)}")
    rule = RULES.get(tld, _NO_RULE)
    names = {**rule.required, **rule.optional}
    return {**rule.fixed, **{names[name]: value for name, value in given.items() if value}}
