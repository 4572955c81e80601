import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from nextpanel.accounts.errors import InvalidToken
from nextpanel.accounts.tokens import AccessTokens
from nextpanel.licensing.gate import return_key
from service_kit.clock import FixedClock

CLOCK = FixedClock(datetime(2026, 11, 22, tzinfo=UTC))
ISSUER = "https://panel.example"


def _tokens(key: str = "k" * 32, issuer: str = ISSUER) -> AccessTokens:
    return AccessTokens(key=key, issuer=issuer, lifetime=timedelta(minutes=15), clock=CLOCK)


def _issue(tokens: AccessTokens) -> str:
    return tokens.issue(account_id=uuid.UUID(int=1), session_id=uuid.UUID(int=2))


def test_a_token_says_whose_it_is() -> None:
    claims = _tokens().read(_issue(_tokens()))
    assert (claims.account_id, claims.session_id) == (uuid.UUID(int=1), uuid.UUID(int=2))


def test_tokens_of_another_key_or_panel_are_refused() -> None:
    for other in (_tokens(key="x" * 32), _tokens(issuer="https://other.example")):
        with pytest.raises(InvalidToken):
            _tokens().read(_issue(other))


def test_the_session_key_itself_signs_nothing() -> None:
    claims = jwt.decode(_issue(_tokens()), options={"verify_signature": False})
    with pytest.raises(InvalidToken):
        _tokens().read(jwt.encode(claims, "k" * 32, algorithm="HS256"))


@pytest.mark.parametrize(
    "change", [{"sub": "x"}, {"sub": None}, {"sid": 5}, {"exp": "never"}, {"exp": 1}, {"aud": "x"}]
)
def test_odd_claims_are_refused_even_when_signed(change: dict[str, Any]) -> None:
    tokens = _tokens()
    claims = jwt.decode(_issue(tokens), options={"verify_signature": False})
    with pytest.raises(InvalidToken):
        tokens.read(jwt.encode({**claims, **change}, tokens._key, algorithm="HS256"))


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "é", "e30.e30.", "x" * 10_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        _tokens().read(token)


def test_the_key_for_handing_back_is_stable_and_its_own() -> None:
    key = uuid.uuid4()
    assert return_key(key) == return_key(key) != key
    assert return_key(uuid.uuid4()) != return_key(key)
