"""`make bench NAME=web`: Lighthouse, axe, script sizes and long lists, on a stack of its own, wiped afterwards."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import node
from stack.environment import ADMIN_EMAIL
from stack.lifecycle import Stack

from gates.projects import ROOT
from gates.stories import stack_of_its_own

BENCHMARK = ROOT / "benchmarks" / "web"
CUSTOMERS = os.environ.get("CUSTOMERS", "100000")
INVOICES = os.environ.get("INVOICES", "1000000")


def fill(stack: Stack) -> None:
    """Write the rows of the long lists."""
    python = ROOT / "billing-backend" / ".venv" / "bin" / "python"
    command = [str(python), str(ROOT / "benchmarks" / "rows.py"), CUSTOMERS, INVOICES]
    subprocess.run(command, env=stack.environments().of_process("billing-api"), check=True)


def measure(stack: Stack, result: Path) -> dict[str, Any]:
    """Let the browser look at everything; return the page by page results and the figures."""
    urls = stack.environments()
    settings = {
        "SHOP_URL": urls.portal_url(),
        "BILLING_URL": urls.billing_url(),
        "SANDBOX_URL": urls.sandbox_url(),
        "STAFF_EMAIL": ADMIN_EMAIL,
        "STAFF_PASSWORD": urls.secrets["ADMIN_PASSWORD"],
        "SHOTS": str(result.parent / "screenshots"),
        "RESULT": str(result),
    }
    command = [node.node(), str(BENCHMARK / "measure.mjs")]
    subprocess.run(command, env={**node.environment(), **settings}, check=True)
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


def report(found: dict[str, Any]) -> None:
    """Print a line for each page, then the figures."""
    print(f"\n{'page':<26}{'desktop':>8}{'mobile':>8}{'a11y':>6}{'best':>6}{'js kB':>8}{'CLS':>7}")
    for page in found["pages"]:
        print(
            f"{page['name']:<26}{page['desktop']:>8}{page['mobile']:>8}{page['accessibility']:>6}"
            f"{page['best_practices']:>6}{page['js_kb']:>8.1f}{page['cls']:>7.3f}"
        )
    for name, milliseconds in found["lists"].items():
        print(f"{name:<40}{milliseconds:>8.0f} ms")
    for line in found["violations"]:
        print(f"axe: {line}")
    print(json.dumps({"name": "web", "figures": found["figures"]}))


def main() -> int:
    subprocess.run([*node.npm_command(), "ci", "--silent"], cwd=BENCHMARK, env=node.environment(), check=True)
    result = ROOT / "build" / "bench-web" / "result.json"
    with stack_of_its_own("bench-web") as stack:
        fill(stack)
        report(measure(stack, result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
