import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpanel.dns.names import canonical_name


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("1.example", "1.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ],
)
def test_one_spelling(given_name: str, expected: str) -> None:
    assert canonical_name(given_name) == expected
    assert canonical_name(expected) == expected


@given(st.text(max_size=300))
def test_any_text_is_a_safe_name_or_refused(text: str) -> None:
    try:
        name = canonical_name(text)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name)
    assert len(name) <= 253
