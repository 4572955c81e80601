"""Short-lived signed tokens: JWTs with EdDSA (Ed25519), verifiable by anyone through the JWKS."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from service_kit.clock import Clock
from service_kit.ids import uuid7

_ALGORITHM = "EdDSA"


class TokenInvalid(Exception):
    """The token is forged, expired, or meant for somebody else."""


class TokenSigner:
    """Signs and verifies with one Ed25519 key; `kid` is the key's thumbprint, so a rotated key is told apart."""

    def __init__(self, private_key_pem: bytes, *, issuer: str, clock: Clock) -> None:
        key = load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("the token key must be an Ed25519 key in PEM")
        self._key = key
        self._clock = clock
        self.issuer = issuer
        self._public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = hashlib.sha256(self._public).hexdigest()[:16]

    def sign(self, claims: Mapping[str, Any], *, audience: str, lifetime: timedelta) -> str:
        """Return a JWT with `iss, aud, iat, exp, jti` added to `claims`."""
        now = int(self._clock.now().timestamp())
        payload = {
            **claims,
            "iss": self.issuer,
            "aud": audience,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": str(uuid7()),
        }
        return jwt.encode(payload, self._key, algorithm=_ALGORITHM, headers={"kid": self.kid})

    def verify(self, token: str, *, audience: str) -> dict[str, Any]:
        """Return the claims; raises `TokenInvalid`."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=[_ALGORITHM],
                audience=audience,
                issuer=self.issuer,
                # The expiry is compared below with our own clock, which tests can move.
                options={"require": ["exp", "iat", "jti"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise TokenInvalid from error
        if claims["exp"] <= self._clock.now().timestamp():
            raise TokenInvalid
        return claims

    def jwks(self) -> dict[str, Any]:
        """Return the public key set (RFC 7517, RFC 8037)."""
        x = base64.urlsafe_b64encode(self._public).rstrip(b"=").decode()
        key = {"kty": "OKP", "crv": "Ed25519", "alg": _ALGORITHM, "use": "sig", "kid": self.kid, "x": x}
        return {"keys": [key]}
