"""`python -m demo [--exit]`: start the stack, tell the story, keep running until Ctrl-C (or stop after the story)."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from stack.layout import ROOT, Layout, StackError
from stack.lifecycle import Interrupted, Stack, interruptible

from demo.http import Api, DemoError
from demo.story import Story
from testkit.binaries import BinaryMissingError
from testkit.postgres import PostgresError


def main(arguments: list[str]) -> int:
    """Return 0 after a story that went through, 1 with the reason otherwise."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="stop after the story")
    parser.add_argument("--state", type=Path, default=ROOT / ".local")
    options = parser.parse_args(arguments)
    stack = Stack(Layout(options.state.absolute()))
    ran_already = stack.is_running()
    try:
        with interruptible():
            _start(stack, ran_already=ran_already)
            code = _tell(stack)
            if code == 0 and not options.exit:
                stack.print_addresses()
                print("  Ctrl-C stops everything." if not ran_already else "  The stack keeps running.", flush=True)
                if not ran_already:
                    stack.wait()
    except Interrupted:
        print("\nStopping", flush=True)
        code = 0
    except (StackError, PostgresError, BinaryMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    if not ran_already:
        stack.stop()
    return code


def _start(stack: Stack, *, ran_already: bool) -> None:
    if ran_already:
        print("Using the stack of this checkout, which is running.", flush=True)
    else:
        print("Starting the stack", flush=True)
        stack.start()


def _tell(stack: Stack) -> int:
    """Tell the story on a running stack and keep its facts in demo.json."""
    environments = stack.environments()
    billing = Api("billing", environments.billing_url())
    panel = Api("the panel", environments.nextpanel_url())
    sandbox = Api("the sandbox", environments.sandbox_url())
    story = Story(billing=billing, panel=panel, sandbox=sandbox)
    print("\nThe story", flush=True)
    started = time.monotonic()
    try:
        story.tell()
    except DemoError as error:
        print(f"\nThe story ends here: {error}", file=sys.stderr)
        return 1
    finally:
        for api in (billing, panel, sandbox):
            api.close()
    file = stack.layout.state / "demo.json"
    file.write_text(json.dumps(asdict(story.facts), indent=2) + "\n", encoding="utf-8")
    print(f"\n  told in {time.monotonic() - started:.1f} s; the facts are in {file.parent.name}/{file.name}")
    log_ins = story.log_ins
    print(f"\n  {'Ada, billing':<14} {log_ins.email} / {log_ins.billing_password}")
    print(f"  {'Ada, panel':<14} {log_ins.panel_username} / {log_ins.panel_password}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
