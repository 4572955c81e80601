"""`billing` as an operator runs it, with nothing but environment variables."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from billing.cli import cli
from tests.storefront import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
BILLING = ROOT / "billing-backend/.venv/bin/billing"
SECRETS = ("test-role-password", "sk_test_sandbox", "whsec_test", "nps_", PASSWORD)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Shell:
    """Runs `billing` with these variables; nothing it prints may hold a secret."""

    def __init__(self, values: dict[str, object]) -> None:
        self.environment = {"PATH": os.environ["PATH"]} | {
            f"BILLING_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in values.items()
        }

    async def billing(self, *arguments: str, **variables: str) -> Ran:
        process = await asyncio.create_subprocess_exec(
            str(BILLING),
            *arguments,
            env={**self.environment, **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        ran = Ran(process.returncode or 0, out.decode(), err.decode())
        assert not [secret for secret in SECRETS if secret in ran.out + ran.err], (arguments, ran)
        return ran

    async def run(self, *arguments: str, **variables: str) -> Ran:
        """Run what has to succeed."""
        ran = await self.billing(*arguments, **variables)
        assert ran.code == 0, (arguments, ran)
        return ran

    async def again(self, *arguments: str, **variables: str) -> Ran:
        """Run a command in this process: starting Python takes longer than what most of them do."""
        return await asyncio.to_thread(self._again, arguments, variables)

    def _again(self, arguments: tuple[str, ...], variables: dict[str, str]) -> Ran:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.environment, **variables}.items():
                patch.setenv(name, value)
            result = CliRunner().invoke(cli, arguments)
        structlog.reset_defaults()
        ran = Ran(result.exit_code, result.stdout, result.stderr)
        assert not [secret for secret in SECRETS if secret in ran.out + ran.err], (arguments, ran)
        return ran
