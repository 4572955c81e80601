"""The environment in which the sandbox and the panel run beside billing's tests."""

import base64
import secrets
import uuid
from pathlib import Path

from tests.conftest import ROLE_PASSWORD, Cluster
from tests.world import PanelPeer


def sandbox_environment(home: Path, port: int, smtp_port: int, billing_port: int) -> dict[str, str]:
    return {
        "SANDBOX_HOST": "127.0.0.1",
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_STATE": str(home / "sandbox.sqlite"),
        "SANDBOX_STRIPE_SECRET_KEY": "sk_test_sandbox",
        "SANDBOX_STRIPE_WEBHOOK_URL": f"http://127.0.0.1:{billing_port}/api/v1/webhooks/stripe",
        "SANDBOX_STRIPE_WEBHOOK_SECRET": "whsec_test",
        "SANDBOX_RATE_LIMITS": "0",
    }


def new_panel(port: int) -> PanelPeer:
    """Make up a panel that will listen on `port`, and the key it signs with."""
    return PanelPeer(
        url=f"http://127.0.0.1:{port}",
        server_id=uuid.uuid4(),
        key_id="npk_" + "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(26)),
        secret="nps_" + secrets.token_urlsafe(32),
    )


def panel_environment(peer: PanelPeer, cluster: Cluster, billing_port: int) -> dict[str, str]:
    """Return the panel's settings, and make its database and roles in `cluster`."""
    server = cluster.server
    name = f"nextpanel_{peer.server_id.hex[:8]}"
    server.execute(f"CREATE ROLE {name}_owner LOGIN PASSWORD '{ROLE_PASSWORD}'")
    server.execute(f"CREATE ROLE {name}_prov LOGIN CREATEDB CREATEROLE PASSWORD '{ROLE_PASSWORD}'")
    server.create_database(name, owner=f"{name}_owner")
    key = base64.b64encode(b"p" * 32).decode()
    return {
        "NEXTPANEL_PROFILE": "local",
        "NEXTPANEL_BASE_URL": peer.url,
        "NEXTPANEL_SERVER_ID": str(peer.server_id),
        "NEXTPANEL_DATABASE_URL": server.dsn(
            name, user=f"{name}_owner", password=ROLE_PASSWORD, driver="postgresql+asyncpg"
        ),
        "NEXTPANEL_PROVISIONER_DATABASE_URL": server.dsn(user=f"{name}_prov", password=ROLE_PASSWORD),
        "NEXTPANEL_BILLING_URL": f"http://127.0.0.1:{billing_port}",
        "NEXTPANEL_BILLING_KEY_ID": peer.key_id,
        "NEXTPANEL_BILLING_SECRET": peer.secret,
        "NEXTPANEL_ENCRYPTION_KEYS": f'[{{"id": "k1", "key": "{key}"}}]',
        "NEXTPANEL_SESSION_KEY": key,
    }
