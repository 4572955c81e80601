"""up, down, reset: the life of a stack."""

import fcntl
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from stack import leftovers
from stack.environment import ADMIN_EMAIL, Environments
from stack.layout import Layout, Ports, StackError, port_offset
from stack.procfile import Entry, read_procfile
from stack.secrets_file import load_or_generate
from stack.startup import Plan, Startup
from stack.supervision import Supervisor
from testkit.ports import is_port_free

_FIXED_PORTS = {
    "billing-api": (("billing", "the billing API"),),
    "nextpanel-api": (("nextpanel", "the NextPanel API"),),
    "portal": (("portal", "the web server of shop and portal"),),
    "sandbox": (("sandbox", "the sandbox"), ("sandbox_smtp", "the sandbox's mail server")),
}


class Interrupted(Exception):
    """Ctrl-C, a closed terminal or a polite kill."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into Interrupted; later ones are ignored, so stopping is undisturbed."""

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted

    for each in signals:
        signal.signal(each, interrupt)
    yield


class Stack:
    """One checkout's stack."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.supervisor = Supervisor(layout)

    def is_running(self) -> bool:
        return self.supervisor.is_running()

    def environments(self) -> Environments:
        """Return the environments of the last start. Raises StackError when there was none."""
        ports = self.layout.read_ports()
        if ports is None:
            raise StackError("This checkout's stack has never been started; `make up` does it.")
        return Environments(self.layout, ports, load_or_generate(self.layout.secrets))

    def start(self) -> None:
        """Start everything and return when it is healthy; stop it all again when that fails. Raises StackError."""
        started = time.monotonic()
        self.layout.make_directories()
        with self._starting():
            plan = self._plan()
            self.supervisor.launch(plan.programs(), plan.environments.base())
            startup = Startup(plan, self.supervisor, _report)
            try:
                startup.run()
            except BaseException:
                startup.cancel()
                self.stop()
                raise
        print(f"  healthy after {time.monotonic() - started:.1f} s")

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with (self.layout.state / "starting.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError("This checkout's stack is being started by another `make up` right now.") from None
            yield

    def _plan(self) -> Plan:
        leftovers.end(self.layout.state)
        entries = read_procfile(self.layout.procfile)
        ports = Ports.shifted(port_offset())
        _require_free(ports, entries)
        ports = ports.with_free_data_ports(self.layout.read_ports())
        self.layout.write_ports(ports)
        environments = Environments(self.layout, ports, load_or_generate(self.layout.secrets))
        environments.write_files()
        return Plan(self.layout, environments, entries)

    def stop(self) -> bool:
        """Stop everything, PostgreSQL and Redis last; return whether anything ran."""
        ran = self.is_running()
        if ran:
            self.supervisor.stop_all(last=("redis", "postgres"))
            self.supervisor.shutdown()
        return leftovers.end(self.layout.state) > 0 or ran

    def reset(self) -> None:
        """Stop everything and wipe the state."""
        self.stop()
        shutil.rmtree(self.layout.state, ignore_errors=True)

    def wait(self) -> None:
        """Return when the runner ends by itself (`make down` elsewhere); Interrupted comes through."""
        pause = threading.Event()
        while self.is_running():
            pause.wait(1)

    def print_addresses(self) -> None:
        """Say where everything is and how to log in."""
        environments = self.environments()
        rows = (
            ("shop, portal", f"{environments.portal_url()}/"),
            ("billing API", f"{environments.billing_url()}/docs"),
            ("NextPanel API", f"{environments.nextpanel_url()}/docs"),
            ("sandbox", f"{environments.sandbox_url()}/   mails, events, domains, requests"),
            ("staff admin", f"{environments.portal_url()}/admin"),
            ("staff log-in", f"{ADMIN_EMAIL} / {environments.secrets['ADMIN_PASSWORD']}"),
            ("logs", "make logs, or .local/logs/"),
        )
        print()
        for name, value in rows:
            print(f"  {name:<14} {value}")
        print(flush=True)


def _report(title: str, seconds: float, detail: str) -> None:
    print(f"  {title:<34} {seconds:6.1f} s   {detail}".rstrip(), flush=True)


def _require_free(ports: Ports, entries: list[Entry]) -> None:
    for entry in entries:
        for field, owner in _FIXED_PORTS.get(entry.name, ()):
            port = getattr(ports, field)
            if not is_port_free(port):
                holder = leftovers.holder_of_port(port) or "another program"
                raise StackError(
                    f"Port {port}, which {owner} needs, is taken by {holder}; stop that, or choose other ports with "
                    f"PORT_OFFSET=100."
                )
