"""`python -m stack up|down|reset|logs|sandbox`; the Makefile's targets call this."""

import argparse
import subprocess
import sys
import threading

from stack.environment import MARKER, Environments, product_program
from stack.layout import ROOT, Layout, Ports, StackError, layout_of, option_parser, port_offset
from stack.lifecycle import Interrupted, Stack, interruptible
from stack.logs import follow
from stack.secrets_file import load_or_generate
from testkit.binaries import BinaryMissingError
from testkit.postgres import PostgresError


def main(arguments: list[str]) -> int:
    """Run one command; what is in its way becomes a sentence on standard error and exit code 1."""
    parser = option_parser("stack")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up").add_argument("--detach", action="store_true")
    commands.add_parser("logs").add_argument("names", nargs="*")
    for name in ("down", "reset", "sandbox"):
        commands.add_parser(name)
    options = parser.parse_args(arguments)
    stack = Stack(layout_of(options))
    try:
        return _run(stack, options)
    except (StackError, PostgresError, BinaryMissingError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(stack: Stack, options: argparse.Namespace) -> int:
    match options.command:
        case "up":
            return up(stack, detach=options.detach)
        case "down":
            print("Stopped." if stack.stop() else "Nothing was running.")
        case "reset":
            stack.reset()
            print("Stopped and wiped.")
        case "logs":
            _logs(stack, options.names)
        case "sandbox":
            return sandbox(stack.layout)
    return 0


def up(stack: Stack, *, detach: bool) -> int:
    """Start and, unless detached, stay until Ctrl-C; a stack that runs already is left alone."""
    if stack.is_running():
        print("The stack of this checkout is running already.")
        stack.print_addresses()
        return 0
    print("Starting the stack", flush=True)
    try:
        with interruptible():
            stack.start()
            stack.print_addresses()
            if detach:
                print("  It keeps running; `make down` stops it.")
                return 0
            print("  Ctrl-C stops everything.", flush=True)
            stack.wait()
            print("The stack has been stopped.")
    except Interrupted:
        print("\nStopping", flush=True)
        stack.stop()
        print("Stopped.")
    return 0


def _logs(stack: Stack, names: list[str]) -> None:
    try:
        with interruptible():
            follow(stack.layout.logs, names, threading.Event())
    except Interrupted:
        print()


def sandbox(layout: Layout) -> int:
    """Run the sandbox alone in the foreground, with the stack's state and ports; ends with Ctrl-C."""
    layout.make_directories()
    environments = Environments(layout, Ports.shifted(port_offset()), load_or_generate(layout.secrets))
    values = {**environments.base(), **environments.sandbox()}
    del values[MARKER]  # it is not part of a stack, and none may take it for a leftover
    print(f"Sandbox on {environments.sandbox_url()}/ with secret key {values['SANDBOX_STRIPE_SECRET_KEY']}", flush=True)
    process = subprocess.Popen([str(product_program("sandbox", "nextpanel-sandbox"))], env=values, cwd=ROOT)
    try:
        with interruptible():
            return process.wait()
    except Interrupted:
        process.terminate()
        process.wait()
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
