"""The browser's stories on a stack of their own, started before and wiped after them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import node
from stack.environment import ADMIN_EMAIL
from stack.layout import Layout, Ports, StackError
from stack.lifecycle import Stack

from gates.projects import RESULTS, ROOT
from testkit.ports import is_port_free

_FIRST_OFFSET, _LAST_OFFSET, _STEP = 20_000, 30_000, 37


def free_offset() -> int:
    """Return a shift under which every port of a stack is free. Raises StackError when there is none."""
    for offset in range(_FIRST_OFFSET, _LAST_OFFSET, _STEP):
        if all(map(is_port_free, vars(Ports.shifted(offset)).values())):
            return offset
    raise StackError("no free ports for the browser's stories")


@contextmanager
def stack_of_its_own(name: str) -> Iterator[Stack]:
    """Start a stack with its state below build/ on free ports; it is wiped at the end."""
    os.environ["PORT_OFFSET"] = str(free_offset())
    stack = Stack(Layout(ROOT / "build" / name / ".local"))
    stack.reset()
    try:
        stack.start()
        yield stack
    finally:
        stack.reset()


def main(results: Path) -> int:
    """Tell the stories in the browser; the exit code is theirs."""
    with stack_of_its_own("stories") as stack:
        urls = stack.environments()
        settings = {
            "SHOP_URL": urls.portal_url(),
            "BILLING_URL": urls.billing_url(),
            "SANDBOX_URL": urls.sandbox_url(),
            "STAFF_EMAIL": ADMIN_EMAIL,
            "STAFF_PASSWORD": urls.secrets["ADMIN_PASSWORD"],
            "RESULTS": str(results),
        }
        stories = ROOT / "billing-frontend" / "e2e" / "run.mjs"
        return subprocess.run(
            [node.node(), str(stories)], env={**node.environment(), **settings}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS / "web-stories.xml"))
