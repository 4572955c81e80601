"""Access tokens: short JWTs, signed with the panel's own key and good for this panel only."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

import jwt

from nextpanel.accounts.errors import InvalidToken
from service_kit.clock import Clock

_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    account_id: uuid.UUID
    session_id: uuid.UUID


class AccessTokens:
    """Issues and reads access tokens. `issuer` is the panel's own address, also their audience."""

    def __init__(self, *, key: str, issuer: str, lifetime: timedelta, clock: Clock) -> None:
        # A key of its own, so that no other use of the session key can ever yield a valid token.
        self._key = hmac.new(key.encode(), b"nextpanel access token", hashlib.sha256).digest()
        self._issuer = issuer
        self._lifetime = lifetime
        self._clock = clock

    @property
    def expires_in(self) -> int:
        """Seconds a fresh token is good for."""
        return int(self._lifetime.total_seconds())

    def issue(self, *, account_id: uuid.UUID, session_id: uuid.UUID) -> str:
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": str(account_id),
            "sid": str(session_id),
            "iat": now,
            "exp": now + self.expires_in,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> AccessClaims:
        """Return the claims of a valid token; raises `InvalidToken`."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=self._issuer,
                issuer=self._issuer,
                # Compared below with our clock, which tests can move.
                options={"require": ["exp", "sub", "sid"], "verify_exp": False, "verify_iat": False},
            )
            if int(claims["exp"]) <= self._clock.now().timestamp():
                raise InvalidToken
            return AccessClaims(account_id=uuid.UUID(claims["sub"]), session_id=uuid.UUID(claims["sid"]))
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidToken from error
