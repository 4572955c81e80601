"""An event is believed when its body was signed with our secret, and lately."""

import hashlib
import hmac
import json
import time

import pytest

from billing.inbound.ports import SignatureError
from billing.integrations.stripe.webhooks import TOLERANCE_SECONDS, StripeVerifier

SECRET = "whsec_unit"
BODY = json.dumps(
    {"id": "evt_1", "type": "invoice.paid", "api_version": "2026-10-28.endive", "data": {"object": {"id": "in_1"}}}
).encode()


def sign(body: bytes, *, secret: str = SECRET, at: float | None = None, scheme: str = "v1") -> str:
    stamp = int(time.time() if at is None else at)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},{scheme}={mac}"


@pytest.fixture
def verifier() -> StripeVerifier:
    return StripeVerifier(SECRET)


def test_a_signed_event_is_read(verifier: StripeVerifier) -> None:
    event = verifier.verify(BODY, sign(BODY))
    assert (event.external_id, event.type, event.api_version) == ("evt_1", "invoice.paid", "2026-10-28.endive")
    assert event.text == BODY.decode()


def test_any_of_several_signatures_will_do_while_a_secret_is_rolled(verifier: StripeVerifier) -> None:
    header = sign(BODY)
    stamp, mine = header.split(",")
    assert verifier.verify(BODY, f"{stamp},v1={'0' * 64},{mine}").external_id == "evt_1"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=,v1=",
        "t=abc,v1=00",
        "v1=" + "0" * 64,
        sign(BODY, secret="whsec_other"),
        sign(BODY, scheme="v0"),
        sign(BODY + b" "),
        sign(BODY).upper(),
        "é" * 40,
        "\x00",
    ],
)
def test_a_wrong_signature_is_refused(verifier: StripeVerifier, header: str) -> None:
    with pytest.raises(SignatureError):
        verifier.verify(BODY, header)


def test_a_changed_body_is_refused(verifier: StripeVerifier) -> None:
    header = sign(BODY)
    for changed in (BODY.replace(b"in_1", b"in_2"), BODY + b"\n", b"", json.dumps(json.loads(BODY), indent=1).encode()):
        with pytest.raises(SignatureError):
            verifier.verify(changed, header)


def test_a_stale_signature_is_refused(verifier: StripeVerifier) -> None:
    now = time.time()
    verifier.verify(BODY, sign(BODY, at=now - TOLERANCE_SECONDS + 20))
    with pytest.raises(SignatureError):
        verifier.verify(BODY, sign(BODY, at=now - TOLERANCE_SECONDS - 2))


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"7", b"null", b'"x"', b"{}", b'{"id": "evt_1"}', b"\xff\xfe", b"[" * 5000 + b"]" * 5000]
)
def test_a_signed_body_that_is_no_event_is_refused(verifier: StripeVerifier, body: bytes) -> None:
    with pytest.raises(SignatureError):
        verifier.verify(body, sign(body))
