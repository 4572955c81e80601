"""Tokens are believed only when we signed them, for this reader, and lately."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from billing.kit.tokens import TokenInvalid, TokenSigner
from service_kit.clock import FixedClock

MINUTE = timedelta(minutes=1)


def pem(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def signer(key: Ed25519PrivateKey, clock: FixedClock) -> TokenSigner:
    return TokenSigner(pem(key), issuer="https://billing.example", clock=clock)


def test_a_token_lives_for_its_lifetime(signer: TokenSigner, clock: FixedClock) -> None:
    token = signer.sign({"sub": "u1"}, audience="portal", lifetime=MINUTE)
    claims = signer.verify(token, audience="portal")
    assert (claims["sub"], claims["iss"]) == ("u1", "https://billing.example")
    clock.advance(timedelta(seconds=59))
    signer.verify(token, audience="portal")
    clock.advance(timedelta(seconds=1))
    with pytest.raises(TokenInvalid):
        signer.verify(token, audience="portal")


def test_every_token_has_an_id_of_its_own(signer: TokenSigner) -> None:
    tokens = [signer.sign({}, audience="a", lifetime=MINUTE) for _ in range(20)]
    assert len({signer.verify(token, audience="a")["jti"] for token in tokens}) == 20


def test_a_token_for_somebody_else_is_refused(signer: TokenSigner, key: Ed25519PrivateKey, clock: FixedClock) -> None:
    token = signer.sign({}, audience="panel-1", lifetime=MINUTE)
    with pytest.raises(TokenInvalid):
        signer.verify(token, audience="portal")
    elsewhere = TokenSigner(pem(key), issuer="https://other.example", clock=clock)
    with pytest.raises(TokenInvalid):
        elsewhere.verify(token, audience="panel-1")


def test_forged_tokens_are_refused(signer: TokenSigner, clock: FixedClock) -> None:
    now = int(clock.now().timestamp())
    claims = {"iss": signer.issuer, "aud": "portal", "iat": now, "exp": now + 60, "jti": "x", "sub": "u1"}
    other = Ed25519PrivateKey.generate()
    public = signer.jwks()["keys"][0]["x"]
    for token in (
        jwt.encode(claims, other, algorithm="EdDSA", headers={"kid": signer.kid}),
        jwt.encode(claims, public.encode(), algorithm="HS256", headers={"kid": signer.kid}),
        jwt.encode(claims, "", algorithm="none"),
        "",
        "a.b.c",
        "\x00",
    ):
        with pytest.raises(TokenInvalid):
            signer.verify(token, audience="portal")


@pytest.mark.parametrize("missing", ["exp", "iat", "jti", "aud", "iss"])
def test_a_token_without_a_claim_we_need_is_refused(
    signer: TokenSigner, key: Ed25519PrivateKey, clock: FixedClock, missing: str
) -> None:
    now = int(clock.now().timestamp())
    claims = {"iss": signer.issuer, "aud": "portal", "iat": now, "exp": now + 60, "jti": "x"}
    del claims[missing]
    with pytest.raises(TokenInvalid):
        signer.verify(jwt.encode(claims, key, algorithm="EdDSA"), audience="portal")


def test_anybody_can_verify_with_the_public_keys_and_sees_no_private_one(signer: TokenSigner) -> None:
    token = signer.sign({"sub": "u1"}, audience="panel", lifetime=MINUTE)
    keys = signer.jwks()
    assert set(keys["keys"][0]) == {"kty", "crv", "alg", "use", "kid", "x"}
    (key,) = jwt.PyJWKSet.from_dict(keys).keys
    assert jwt.get_unverified_header(token)["kid"] == key.key_id == signer.kid
    claims = jwt.decode(
        token, key, algorithms=["EdDSA"], audience="panel", options={"verify_exp": False, "verify_iat": False}
    )
    assert claims["sub"] == "u1"


def test_only_an_ed25519_key_will_do(clock: FixedClock) -> None:
    with pytest.raises(TypeError, match="Ed25519"):
        TokenSigner(pem(X25519PrivateKey.generate()), issuer="x", clock=clock)
