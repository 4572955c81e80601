import json
from pathlib import Path
from typing import Any

import pytest

from billing_client.errors import SignatureInvalid
from billing_client.signing import (
    KEY_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    canonical_answer,
    canonical_request,
    parse_headers,
    request_target,
    sign_answer,
    sign_request,
    verify_answer,
    verify_request,
)

VECTORS = json.loads((Path(__file__).parents[3] / "contracts" / "signing-vectors.json").read_text(encoding="utf-8"))

Vector = dict[str, Any]


def _named(vectors: list[Vector]) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


def _check_request(vector: Vector) -> None:
    headers = {
        KEY_HEADER: vector["key_id"],
        TIMESTAMP_HEADER: vector["timestamp"],
        SIGNATURE_HEADER: vector["signature"],
    }
    verify_request(
        parse_headers(headers),
        secret=vector["secret"],
        method=vector["method"],
        target=vector["target"],
        body=vector["body"].encode(),
        now=vector["now"],
    )


def _check_answer(vector: Vector) -> None:
    verify_answer(
        vector["signature"],
        secret=vector["secret"],
        timestamp=vector["timestamp"],
        nonce=vector["nonce"],
        body=vector["body"].encode(),
    )


@pytest.mark.parametrize("vector", _named([v for v in VECTORS["requests"] if v["valid"]]))
def test_right_requests_are_signed_and_verified_alike(vector: Vector) -> None:
    body = vector["body"].encode()
    canonical = canonical_request(
        timestamp=vector["timestamp"], method=vector["method"], target=vector["target"], body=body
    )
    assert canonical.decode() == vector["canonical"]
    headers = sign_request(
        key_id=vector["key_id"],
        secret=vector["secret"],
        timestamp=int(vector["timestamp"]),
        method=vector["method"],
        target=vector["target"],
        body=body,
    )
    assert headers[SIGNATURE_HEADER] == vector["signature"]
    _check_request(vector)


@pytest.mark.parametrize("vector", _named([v for v in VECTORS["requests"] if not v["valid"]]))
def test_wrong_requests_are_refused(vector: Vector) -> None:
    with pytest.raises(SignatureInvalid):
        _check_request(vector)


@pytest.mark.parametrize("vector", _named([v for v in VECTORS["answers"] if v["valid"]]))
def test_right_answers_are_signed_and_verified_alike(vector: Vector) -> None:
    body = vector["body"].encode()
    canonical = canonical_answer(timestamp=vector["timestamp"], nonce=vector["nonce"], body=body)
    assert canonical.decode() == vector["canonical"]
    signature = sign_answer(secret=vector["secret"], timestamp=vector["timestamp"], nonce=vector["nonce"], body=body)
    assert signature == vector["signature"]
    _check_answer(vector)


@pytest.mark.parametrize("vector", _named([v for v in VECTORS["answers"] if not v["valid"]]))
def test_wrong_answers_are_refused(vector: Vector) -> None:
    with pytest.raises(SignatureInvalid):
        _check_answer(vector)


def test_an_unknown_key_is_refused_like_a_wrong_signature() -> None:
    vector = next(v for v in VECTORS["requests"] if v["valid"])
    with pytest.raises(SignatureInvalid) as unknown:
        _check_request({**vector, "secret": None})
    with pytest.raises(SignatureInvalid) as wrong:
        _check_request({**vector, "secret": "nps_wrong"})
    assert str(unknown.value) == str(wrong.value)


@pytest.mark.parametrize("missing", [KEY_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER])
def test_a_missing_header_is_refused(missing: str) -> None:
    headers = {KEY_HEADER: "npk_1", TIMESTAMP_HEADER: "1767225600", SIGNATURE_HEADER: "v1=" + "0" * 64}
    del headers[missing]
    with pytest.raises(SignatureInvalid):
        parse_headers(headers)


def test_the_target_keeps_the_query_as_sent() -> None:
    assert request_target(b"/a%2Fb", b"x=%C3%A4&y=") == "/a%2Fb?x=%C3%A4&y="
    assert request_target(b"/a") == "/a"


@pytest.mark.parametrize("target", ["/a b", "/a\nGET", "/ä", ""])
def test_a_target_http_cannot_carry_is_refused(target: str) -> None:
    with pytest.raises(SignatureInvalid):
        canonical_request(timestamp="1767225600", method="GET", target=target, body=b"")
