"""License keys: their alphabet, and what a person may write instead."""

import re

from hypothesis import given
from hypothesis import strategies as st

from billing.licenses.keys import ALPHABET, generate_license_key, normalise_license_key

BODY = st.text(alphabet=ALPHABET, min_size=12, max_size=12)


def shown(body: str) -> str:
    return f"NP-{body[:4]}-{body[4:8]}-{body[8:]}"


def test_keys_have_the_promised_form_and_no_ambiguous_letter() -> None:
    keys = {generate_license_key() for _ in range(500)}
    assert len(keys) == 500
    for key in keys:
        assert re.fullmatch(r"NP(-[0-9A-HJKMNP-TV-Z]{4}){3}", key)
    assert set("".join(key[3:].replace("-", "") for key in keys)) == set(ALPHABET)


@given(BODY, st.data())
def test_whatever_a_person_writes_for_a_key_is_that_key(body: str, data: st.DataObject) -> None:
    key = shown(body)
    written = []
    for symbol in key:
        choices = {"1": "1IiLl", "0": "0Oo", "-": ["-", " ", "", " - ", "–"]}.get(symbol, symbol + symbol.lower())
        written.append(data.draw(st.sampled_from(list(choices))))
    assert normalise_license_key("  " + "".join(written) + "\n") == key


@given(st.text(max_size=40))
def test_a_text_is_either_a_well_formed_key_or_none(text: str) -> None:
    normalised = normalise_license_key(text)
    if normalised is not None:
        assert re.fullmatch(r"NP(-[0-9A-HJKMNP-TV-Z]{4}){3}", normalised)
        assert normalise_license_key(normalised) == normalised


def test_near_misses_are_no_keys() -> None:
    for text in (
        "",
        "NP",
        "NP-7K3M-9QRT-4WX",
        "NP-7K3M-9QRT-4WXYZ",
        "XX-7K3M-9QRT-4WXY",
        "NP-7K3M-9QRT-4WXU",
        "NP-٣K3M-9QRT-4WXY",
    ):
        assert normalise_license_key(text) is None, text
