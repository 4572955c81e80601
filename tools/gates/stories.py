"""The browser's stories on a stack of their own, started before and wiped after them."""

import os
import subprocess
import sys
from pathlib import Path

import node
from stack.layout import Layout, Ports, StackError
from stack.lifecycle import Stack

from gates.projects import ROOT
from testkit.ports import is_port_free

_FIRST_OFFSET, _LAST_OFFSET, _STEP = 20_000, 30_000, 37


def free_offset() -> int:
    """Return a shift under which every port of a stack is free. Raises StackError when there is none."""
    for offset in range(_FIRST_OFFSET, _LAST_OFFSET, _STEP):
        if all(map(is_port_free, vars(Ports.shifted(offset)).values())):
            return offset
    raise StackError("no free ports for the browser's stories")


def main(results: Path) -> int:
    """Start a stack, tell the stories in the browser, wipe the stack; the exit code is theirs."""
    os.environ["PORT_OFFSET"] = str(free_offset())
    stack = Stack(Layout(ROOT / "build" / "stories" / ".local"))
    stack.reset()
    try:
        stack.start()
        urls = stack.environments()
        settings = {
            "SHOP_URL": urls.portal_url(),
            "BILLING_URL": urls.billing_url(),
            "SANDBOX_URL": urls.sandbox_url(),
            "RESULTS": str(results),
        }
        stories = ROOT / "billing-frontend" / "e2e" / "run.mjs"
        told = subprocess.run([node.node(), str(stories)], env={**node.environment(), **settings}, check=False)
        return told.returncode
    finally:
        stack.reset()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
