"""The launcher for real: its own PostgreSQL, Redis and sandbox on ports of their own, started, broken and stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from stack import leftovers
from stack.layout import Layout, Ports
from stack.supervision import Supervisor
from support import free_offset

from testkit.ports import LOOPBACK, is_port_free
from testkit.processes import PATIENCE, http_ok

TOOLS = Path(__file__).resolve().parents[2]
SANDBOX = "sandbox: sandbox/.venv/bin/nextpanel-sandbox\n"


@dataclass
class Checkout:
    """A stack of its own: state, Procfile, ports."""

    directory: Path
    procfile: str = SANDBOX
    offset: int = field(default_factory=free_offset)

    @property
    def layout(self) -> Layout:
        return Layout(self.directory / "state", self.directory / "Procfile")

    @property
    def ports(self) -> Ports:
        return Ports.shifted(self.offset)

    @property
    def health_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.sandbox}/admin/healthz"

    def command(self, *words: str) -> list[str]:
        (self.directory / "Procfile").write_text(self.procfile)
        state, procfile = str(self.layout.state), str(self.layout.procfile)
        options = ["--state", state, "--procfile", procfile]
        if words == ("doctor",):
            return [sys.executable, "-m", "stack.doctor", *options]
        return [sys.executable, "-m", "stack", *options, *words]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(TOOLS), "PORT_OFFSET": str(self.offset)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True, check=False, timeout=600
        )

    def open(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*words), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def processes(self) -> list[int]:
        return [process.pid for process in leftovers.find(self.layout.state)]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    own = Checkout(tmp_path)
    yield own
    own.run("reset")


def _eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_life_of_a_stack(checkout: Checkout) -> None:
    up = checkout.run("up", "--detach")
    assert up.returncode == 0, up.stdout + up.stderr
    assert "healthy after" in up.stdout
    assert f"http://{LOOPBACK}:{checkout.ports.sandbox}" in up.stdout
    assert http_ok(checkout.health_url)

    again = checkout.run("up")
    assert again.returncode == 0
    assert "running already" in again.stdout

    doctor = checkout.run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "checks are green" in doctor.stdout
    assert "leaves unpaid subscriptions past due" in " ".join(doctor.stdout.split())

    down = checkout.run("down")
    assert (down.returncode, down.stdout.strip()) == (0, "Stopped.")
    assert checkout.processes() == []
    assert all(map(is_port_free, vars(checkout.ports).values()))
    assert checkout.run("down").stdout.strip() == "Nothing was running."
    assert (checkout.layout.postgres_data / "PG_VERSION").exists()

    assert checkout.run("reset").returncode == 0
    assert not checkout.layout.state.exists()


def test_ctrl_c_stops_everything_and_the_data_stay(checkout: Checkout) -> None:
    for _ in range(2):
        with checkout.open("up") as up:
            assert _eventually(lambda: http_ok(checkout.health_url))
            assert up.stdout is not None
            lines = iter(up.stdout.readline, "")
            assert any("Ctrl-C stops everything" in line for line in lines)
            secrets = checkout.layout.secrets.read_text()
            up.send_signal(signal.SIGINT)
            assert up.wait(60) == 0
            assert "Stopped." in up.stdout.read()
        assert checkout.processes() == []
        assert checkout.layout.secrets.read_text() == secrets


def test_down_ends_a_foreground_up_in_another_terminal(checkout: Checkout) -> None:
    with checkout.open("up") as up:
        assert _eventually(lambda: http_ok(checkout.health_url))
        assert up.stdout is not None
        assert any("Ctrl-C stops everything" in line for line in iter(up.stdout.readline, ""))
        assert checkout.run("down").stdout.strip() == "Stopped."
        assert up.wait(60) == 0


def test_a_killed_process_comes_back(checkout: Checkout) -> None:
    assert checkout.run("up", "--detach").returncode == 0
    supervisor = Supervisor(checkout.layout)
    for name in ("sandbox", "redis", "postgres"):
        pid = supervisor.states()[name]["pid"]
        os.kill(pid, signal.SIGKILL)

        def is_back(name: str = name, pid: int = pid) -> bool:
            info = supervisor.states()[name]
            return bool(info["statename"] == "RUNNING" and info["pid"] != pid)

        assert _eventually(is_back), name
    assert _eventually(lambda: checkout.run("doctor").returncode == 0)


def test_down_finds_what_a_killed_runner_left(checkout: Checkout) -> None:
    assert checkout.run("up", "--detach").returncode == 0
    runner = int((checkout.layout.state / "supervisord.pid").read_text())
    os.kill(runner, signal.SIGKILL)
    assert _eventually(lambda: not Supervisor(checkout.layout).is_running())
    assert len(checkout.processes()) >= 3  # sandbox, PostgreSQL and Redis at least
    assert checkout.run("down").stdout.strip() == "Stopped."
    assert checkout.processes() == []
    assert checkout.run("up", "--detach").returncode == 0


def test_a_taken_port_is_named_with_who_has_it(checkout: Checkout) -> None:
    code = (
        f"import socket, time; s = socket.create_server(('{LOOPBACK}', {checkout.ports.sandbox_smtp})); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as other:
        assert _eventually(lambda: not is_port_free(checkout.ports.sandbox_smtp))
        up = checkout.run("up", "--detach")
        other.kill()
    assert up.returncode == 1
    assert up.stderr.startswith(
        f"Port {checkout.ports.sandbox_smtp}, which the sandbox's mail server needs, is taken by"
    )
    assert f"(pid {other.pid})" in up.stderr
    assert checkout.processes() == []


def test_taken_data_ports_are_replaced_and_two_stacks_run_side_by_side(tmp_path: Path) -> None:
    """The second checkout wants the same ports for PostgreSQL and Redis and takes free ones."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = Checkout(tmp_path / "a", procfile="")
    second = Checkout(tmp_path / "b", procfile="", offset=first.offset)
    try:
        assert first.run("up", "--detach").returncode == 0
        assert second.run("up", "--detach").returncode == 0
        assert second.run("doctor").returncode == 0
        ports = first.layout.read_ports(), second.layout.read_ports()
        assert ports[0] is not None
        assert ports[1] is not None
        assert ports[0].postgres == first.ports.postgres
        assert len({ports[0].postgres, ports[1].postgres, ports[0].redis, ports[1].redis}) == 4
        assert second.run("down").returncode == 0
        assert first.run("doctor").returncode == 0
    finally:
        first.run("reset")
        second.run("reset")


def test_a_process_that_fails_is_reported_with_its_log_and_nothing_stays(tmp_path: Path) -> None:
    program = f"{sys.executable} -c \"print('my last words'); raise SystemExit(1)\""
    checkout = Checkout(tmp_path, procfile=f"{SANDBOX}extra: {program}\n")
    up = checkout.run("up", "--detach")
    assert up.returncode == 1
    assert "extra does not become healthy" in up.stderr
    assert "my last words" in up.stderr
    assert "Traceback" not in up.stderr
    assert checkout.processes() == []


def test_doctor_of_a_stopped_stack_is_red(checkout: Checkout) -> None:
    doctor = checkout.run("doctor")
    assert doctor.returncode == 1
    assert "not running" in doctor.stdout


def test_the_sandbox_runs_alone_and_up_leaves_it_alone(checkout: Checkout) -> None:
    with checkout.open("sandbox") as sandbox:
        assert _eventually(lambda: http_ok(checkout.health_url))
        up = checkout.run("up", "--detach")
        assert up.returncode == 1
        assert "which the sandbox needs, is taken by" in up.stderr
        assert http_ok(checkout.health_url)
        sandbox.send_signal(signal.SIGINT)
        assert sandbox.wait(20) == 0
    assert is_port_free(checkout.ports.sandbox)
