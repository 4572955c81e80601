"""What each process is told: only its own settings, through its environment."""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.layout import ROOT, Layout, Ports
from testkit.binaries import postgres_bin

HOST = "127.0.0.1"
MARKER = "LOCAL_STACK_STATE"
BROKER_DATABASE = 1
ADMIN_EMAIL = "owner@nextpanel.example"
STRIPE_SECRET_KEY = "sk_test_sandbox"  # noqa: S105 - the sandbox's published key, valid nowhere else
STRIPE_PUBLISHABLE_KEY = "pk_test_sandbox"
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "USER", "LOGNAME", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Environments:
    """Derives every process's variables from the ports and secrets of one stack."""

    layout: Layout
    ports: Ports
    secrets: Mapping[str, str]

    def base(self) -> dict[str, str]:
        """Return what every process gets: a few variables of ours, and the mark by which leftovers are found."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {**inherited, MARKER: str(self.layout.state), "PYTHONUNBUFFERED": "1"}

    def of_process(self, name: str) -> dict[str, str]:
        """Return the variables of a process of the Procfile, by the product in its name."""
        product = name.split("-", 1)[0]
        own = {
            "sandbox": self.sandbox,
            "billing": self.billing,
            "nextpanel": self.nextpanel,
            "portal": self.portal,
        }.get(product)
        return {**self.base(), **(own() if own else {})}

    def billing_url(self) -> str:
        return f"http://{HOST}:{self.ports.billing}"

    def nextpanel_url(self) -> str:
        return f"http://{HOST}:{self.ports.nextpanel}"

    def portal_url(self) -> str:
        """Return the address of shop and portal: the one host their cookies and the links in mails belong to."""
        return f"http://{HOST}:{self.ports.portal}"

    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.ports.sandbox}"

    def database_url(self, role: str, database: str, *, driver: str = "postgresql+asyncpg") -> str:
        """Return the address of a database for one of our roles; its password needs no quoting."""
        password = self.secrets[f"{role.upper()}_PASSWORD"]
        return f"{driver}://{role}:{password}@{HOST}:{self.ports.postgres}/{database}"

    def sandbox(self) -> dict[str, str]:
        return {
            "SANDBOX_HOST": HOST,
            "SANDBOX_PORT": str(self.ports.sandbox),
            "SANDBOX_SMTP_PORT": str(self.ports.sandbox_smtp),
            "SANDBOX_STATE": str(self.layout.state / "sandbox.sqlite"),
            "SANDBOX_CLOCK_FILE": str(self.layout.clock),
            "SANDBOX_STRIPE_SECRET_KEY": STRIPE_SECRET_KEY,
            "SANDBOX_STRIPE_PUBLISHABLE_KEY": STRIPE_PUBLISHABLE_KEY,
            "SANDBOX_STRIPE_WEBHOOK_URL": f"{self.billing_url()}/api/v1/webhooks/stripe",
            "SANDBOX_STRIPE_WEBHOOK_SECRET": self.secrets["STRIPE_WEBHOOK_SECRET"],
        }

    def billing(self) -> dict[str, str]:
        """Return the settings of billing's API, worker and beat; they do not own the tables they use."""
        redis = f"redis://{HOST}:{self.ports.redis}"
        return {
            "BILLING_PROFILE": "local",
            "BILLING_CLOCK_FILE": str(self.layout.clock),
            "BILLING_BASE_URL": self.billing_url(),
            "BILLING_PORTAL_URL": self.portal_url(),
            "BILLING_CORS_ORIGINS": json.dumps([self.portal_url()]),
            "BILLING_DATABASE_URL": self.database_url("billing_app", "billing"),
            "BILLING_WORKER_DATABASE_URL": self.database_url("billing_worker", "billing"),
            "BILLING_REDIS_URL": f"{redis}/0",
            "BILLING_BROKER_URL": f"{redis}/{BROKER_DATABASE}",
            "BILLING_ENCRYPTION_KEYS": _key_list(self.secrets["BILLING_ENCRYPTION_KEY"]),
            "BILLING_BLIND_INDEX_KEY": self.secrets["BILLING_BLIND_INDEX_KEY"],
            "BILLING_TOKEN_PRIVATE_KEY": self.secrets["BILLING_TOKEN_PRIVATE_KEY"],
            **self._billing_vendors(),
        }

    def _billing_vendors(self) -> dict[str, str]:
        return {
            "BILLING_STRIPE_SECRET_KEY": STRIPE_SECRET_KEY,
            "BILLING_STRIPE_PUBLISHABLE_KEY": STRIPE_PUBLISHABLE_KEY,
            "BILLING_STRIPE_API_BASE": f"{self.sandbox_url()}/stripe",
            "BILLING_STRIPE_WEBHOOK_SECRET": self.secrets["STRIPE_WEBHOOK_SECRET"],
            "BILLING_VIES_ENDPOINT": f"{self.sandbox_url()}/vies/rest-api",
            "BILLING_NAMECHEAP_ENDPOINT": f"{self.sandbox_url()}/namecheap/xml.response",
            "BILLING_NAMECHEAP_API_USER": "sandbox",
            "BILLING_NAMECHEAP_API_KEY": "sandbox-key",
            "BILLING_NAMECHEAP_USERNAME": "sandbox",
            "BILLING_NAMECHEAP_CLIENT_IP": HOST,
            "BILLING_NAMESERVERS": json.dumps(["ns1.nextpanel.example", "ns2.nextpanel.example"]),
            "BILLING_SMTP_URL": f"smtp://{HOST}:{self.ports.sandbox_smtp}",
            # The portal, and whatever else stands before the API on this machine, says for whom it asks.
            "BILLING_TRUSTED_PROXIES": json.dumps([HOST]),
            "BILLING_MAIL_FROM": "NextPanel <billing@nextpanel.example>",
        }

    def billing_commands(self) -> dict[str, str]:
        """Return what the `billing` command needs beyond the API: the owner's database role."""
        return {
            **self.of_process("billing"),
            "BILLING_OWNER_DATABASE_URL": self.database_url("billing_owner", "billing"),
            "NEXTPANEL_BILLING_SECRET": self.secrets["NEXTPANEL_BILLING_SECRET"],
            "ADMIN_PASSWORD": self.secrets["ADMIN_PASSWORD"],
        }

    def nextpanel(self) -> dict[str, str]:
        return {
            "NEXTPANEL_PROFILE": "local",
            "NEXTPANEL_CLOCK_FILE": str(self.layout.clock),
            "NEXTPANEL_BASE_URL": self.nextpanel_url(),
            "NEXTPANEL_SERVER_ID": self.secrets["NEXTPANEL_SERVER_ID"],
            "NEXTPANEL_DATABASE_URL": self.database_url("nextpanel_owner", "nextpanel"),
            "NEXTPANEL_PROVISIONER_DATABASE_URL": self.database_url(
                "nextpanel_provisioner", "postgres", driver="postgresql"
            ),
            "NEXTPANEL_BILLING_URL": self.billing_url(),
            "NEXTPANEL_BILLING_KEY_ID": self.secrets["NEXTPANEL_BILLING_KEY_ID"],
            "NEXTPANEL_BILLING_SECRET": self.secrets["NEXTPANEL_BILLING_SECRET"],
            "NEXTPANEL_ENCRYPTION_KEYS": _key_list(self.secrets["NEXTPANEL_ENCRYPTION_KEY"]),
            "NEXTPANEL_SESSION_KEY": self.secrets["NEXTPANEL_SESSION_KEY"],
            "NEXTPANEL_BACKUP_DIR": str(self.layout.state / "backups"),
            "NEXTPANEL_PG_DUMP": str(postgres_bin("18") / "pg_dump"),
        }

    def portal(self) -> dict[str, str]:
        """Return the settings of the web server of shop and portal."""
        return {
            "WEB_BILLING_URL": self.billing_url(),
            "WEB_STRIPE_MODE": "sandbox",
            "WEB_STRIPE_JS_URL": f"{self.sandbox_url()}/stripe/js/stripe.js",
            "NODE_ENV": "production",
            "NODE_OPTIONS": "--max-old-space-size=192",
            "NEXT_TELEMETRY_DISABLED": "1",
        }

    def write_files(self) -> None:
        """Write .local/env/<product>.env, for a person who wants to run a product's command by hand."""
        for product, values in (
            ("billing", {**self.billing(), **_only_new(self.billing_commands(), self.of_process("billing"))}),
            ("nextpanel", self.nextpanel()),
            ("sandbox", self.sandbox()),
        ):
            path = self.layout.environments / f"{product}.env"
            path.touch(mode=0o600)
            lines = [f"export {name}={shlex.quote(value)}\n" for name, value in values.items()]
            path.write_text("".join(lines), encoding="utf-8")


def product_program(product_directory: str, name: str) -> Path:
    """Return a program of a product's own environment."""
    return ROOT / product_directory / ".venv" / "bin" / name


def _only_new(values: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in known}


def _key_list(key: str) -> str:
    return json.dumps([{"id": "k1", "key": key}])
