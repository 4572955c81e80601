"""Print the OpenAPI document: `python -m billing.openapi`. It needs no database and no secret of anybody."""

import base64
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from billing.app import create_app
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from billing.wiring import build_container


def document() -> str:
    """Return the document as JSON, the same text for the same code."""
    nothing = base64.b64encode(bytes(32)).decode()
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    settings = Settings.model_validate(
        {
            "profile": "local",
            "base_url": "http://127.0.0.1:8001",
            "database_url": nowhere,
            "worker_database_url": nowhere,
            "redis_url": "redis://127.0.0.1:1/0",
            "broker_url": "redis://127.0.0.1:1/0",
            "encryption_keys": [{"id": "none", "key": nothing}],
            "blind_index_key": nothing,
            "token_private_key": base64.b64encode(pem).decode(),
            "bcrypt_rounds": 4,
            "stripe_secret_key": "sk_test_none",
            "stripe_publishable_key": "pk_test_none",
            "stripe_webhook_secret": "whsec_none",
            "nameservers": ["ns1.example.com", "ns2.example.com"],
            "smtp_url": "smtp://127.0.0.1:1",
            "mail_from": "nobody@example.com",
        }
    )
    app = create_app(build_container(settings, queue=RecordingQueue()))
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
