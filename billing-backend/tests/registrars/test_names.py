"""What a customer may type as a domain name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.catalog.errors import UnsupportedTld
from billing.domains.errors import InvalidDomainName
from billing.domains.names import parse_domain_name, parse_hostname, parse_label, to_unicode
from service_kit.errors import AppError

TLDS = {"com", "de", "co.uk", "xn--p1ai"}


@pytest.mark.parametrize(
    ("text", "ascii_name", "unicode_name", "label", "tld"),
    [
        ("example.com", "example.com", "example.com", "example", "com"),
        ("  ExAmple.COM. ", "example.com", "example.com", "example", "com"),
        ("Bücher.de", "xn--bcher-kva.de", "bücher.de", "xn--bcher-kva", "de"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de", "bücher.de", "xn--bcher-kva", "de"),
        ("shop.co.uk", "shop.co.uk", "shop.co.uk", "shop", "co.uk"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai", "пример.рф", "xn--e1afmkfd", "xn--p1ai"),
        ("example。com", "example.com", "example.com", "example", "com"),
        ("1and1.com", "1and1.com", "1and1.com", "1and1", "com"),
    ],
)
def test_names(text: str, ascii_name: str, unicode_name: str, label: str, tld: str) -> None:
    name = parse_domain_name(text, TLDS)
    assert (name.ascii, name.unicode, name.label, name.tld) == (ascii_name, unicode_name, label, tld)
    assert name.is_idn == label.startswith("xn--")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "..", "com", ".com", "example.", "example..com", "-bad.com", "bad-.com", "a b.com", "un_der.com",
        "ex/ample.com", "http://example.com", "user@example.com", "example.com:80", "a" * 64 + ".com", "a." * 130 + "c",
        "xn--.com", "xn--a-ecp.com\u0000", "xn--zzzzzzzzz-.com", "127.0.0.1", "ex\u202eample.com", "'; DROP TABLE.com",
        "{{7*7}}.com", "*.com", "\u00ad.com", "ab--cd.com", "\ud800.com",
    ],
)  # fmt: skip
def test_no_names(text: str) -> None:
    with pytest.raises(InvalidDomainName):
        parse_domain_name(text)


@pytest.mark.parametrize("text", ["www.example.com", "example.org", "a.shop.co.uk", "example.uk"])
def test_only_one_label_below_an_ending_on_sale(text: str) -> None:
    with pytest.raises(UnsupportedTld):
        parse_domain_name(text, TLDS)


def test_labels_and_hosts() -> None:
    assert parse_label(" Bücher ") == "xn--bcher-kva"
    assert parse_hostname("NS1.Example.COM.") == "ns1.example.com"
    with pytest.raises(InvalidDomainName):
        parse_label("a.b")
    with pytest.raises(InvalidDomainName):
        parse_hostname("localhost")


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = parse_domain_name(text)
    except AppError:
        return
    assert name.ascii.isascii()
    assert name.ascii == name.ascii.lower()
    assert parse_domain_name(name.unicode) == name == parse_domain_name(name.ascii)


def test_names_that_others_registered_are_shown_as_they_are() -> None:
    assert to_unicode("xn--bcher-kva.de") == "bücher.de"
    assert to_unicode("r3---odd.com") == "r3---odd.com"
