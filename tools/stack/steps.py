"""The commands that bring both products' data into shape before and after their APIs start. All are repeatable."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack.environment import ADMIN_EMAIL, Environments, product_program
from stack.layout import ROOT, Layout, StackError


def run_command(
    layout: Layout, name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path
) -> None:
    """Run one command with its output in the logs. Raises StackError with the end of that output."""
    log_path = layout.logs / f"{name}.log"
    with log_path.open("ab") as log:
        before = log.tell()
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=directory,
            check=False,
        )
    if done.returncode != 0:
        printed = log_path.read_bytes()[before:].decode("utf-8", errors="replace")
        tail = "\n".join(f"  {line}" for line in printed.splitlines()[-20:])
        raise StackError(f"{name} ended with code {done.returncode}:\n{tail}")


class ProductCommands:
    """`billing …` and `nextpanel …` as an operator would type them, several to a process."""

    def __init__(self, layout: Layout, environments: Environments) -> None:
        self._layout = layout
        self._environments = environments

    def prepare_billing(self) -> None:
        """Tables, catalog (also at Stripe), the panel on this machine with its key, and the staff log-in."""
        secrets = self._environments.secrets
        register = [
            "panel-servers", "register", "--id", secrets["NEXTPANEL_SERVER_ID"], "--name", "local",
            "--url", self._environments.nextpanel_url(), "--key-id", secrets["NEXTPANEL_BILLING_KEY_ID"],
            "--secret-env", "NEXTPANEL_BILLING_SECRET",
        ]  # fmt: skip
        admin = ["create-admin", "--email", ADMIN_EMAIL, "--password-env", "ADMIN_PASSWORD"]
        commands = [["migrate"], ["seed"], ["sync-stripe"], register, admin]
        self._together("billing", "billing-backend", commands, self._environments.billing_commands())

    def prepare_nextpanel(self) -> None:
        """The panel's own tables."""
        environment = self._environments.of_process("nextpanel")
        self._together("nextpanel", "nextpanel-backend", [["migrate"]], environment)

    def _together(
        self, program: str, product: str, commands: Sequence[Sequence[str]], environment: Mapping[str, str]
    ) -> None:
        script = str(Path(__file__).with_name("together.py"))
        words = [str(product_program(product, "python")), script, program, *map(json.dumps, commands)]
        run_command(self._layout, f"{program}-setup", words, environment, ROOT / product)
