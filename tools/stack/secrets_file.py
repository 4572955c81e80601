"""The stack's secrets: made at first start, kept in .local/secrets.env (mode 0600), never anywhere else."""

import base64
import os
import secrets
import uuid
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def _password() -> str:
    return secrets.token_urlsafe(24)


def _key_32_bytes() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(pem).decode()


def _panel_key_id() -> str:
    return "npk_" + "".join(secrets.choice(_CROCKFORD) for _ in range(26))


GENERATORS: dict[str, Callable[[], str]] = {
    "POSTGRES_PASSWORD": _password,
    "BILLING_OWNER_PASSWORD": _password,
    "BILLING_APP_PASSWORD": _password,
    "BILLING_WORKER_PASSWORD": _password,
    "NEXTPANEL_OWNER_PASSWORD": _password,
    "NEXTPANEL_PROVISIONER_PASSWORD": _password,
    "BILLING_ENCRYPTION_KEY": _key_32_bytes,
    "BILLING_BLIND_INDEX_KEY": _key_32_bytes,
    "BILLING_TOKEN_PRIVATE_KEY": _signing_key,
    "STRIPE_WEBHOOK_SECRET": lambda: "whsec_" + secrets.token_hex(24),
    "NEXTPANEL_SERVER_ID": lambda: str(uuid.uuid4()),
    "NEXTPANEL_BILLING_KEY_ID": _panel_key_id,
    "NEXTPANEL_BILLING_SECRET": lambda: "nps_" + secrets.token_urlsafe(32),
    "NEXTPANEL_ENCRYPTION_KEY": _key_32_bytes,
    "NEXTPANEL_SESSION_KEY": _key_32_bytes,
    "ADMIN_PASSWORD": lambda: secrets.token_urlsafe(12),
}


def load_or_generate(path: Path) -> dict[str, str]:
    """Return all secrets; make those the file lacks and add them to it."""
    known = _read(path)
    missing = {name: make() for name, make in GENERATORS.items() if name not in known}
    if missing:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return known | missing


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
