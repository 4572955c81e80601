"""supervisord, the process runner under the stack: its configuration file, and talking to it."""

import hashlib
import os
import shlex
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from stack.layout import ROOT, Layout, StackError

_SOCKET_PATH_LIMIT = 100  # bytes; the system's limit is 104 to 108
_RUNNING = {"RUNNING", "STARTING", "BACKOFF", "STOPPING"}


@dataclass(frozen=True)
class Program:
    """A process for supervisord to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_signal: str = "TERM"
    stop_group: bool = True
    directory: Path = ROOT


def socket_path(layout: Layout) -> Path:
    """Return the control socket: in the state directory, or under the temporary one when that path is too long."""
    wanted = layout.state / "supervisor.sock"
    if len(os.fsencode(wanted)) <= _SOCKET_PATH_LIMIT:
        return wanted
    digest = hashlib.sha256(os.fsencode(layout.state)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"nextpanel-{digest}.sock"


def configuration(layout: Layout, programs: Sequence[Program]) -> str:
    """Return the text of supervisord.conf. Nothing starts by itself; the launcher starts programs in order."""
    sections = [
        "[unix_http_server]",
        f"file={_escaped(str(socket_path(layout)))}",
        "chmod=0600",
        "[supervisord]",
        "nodaemon=true",
        f"logfile={_escaped(str(layout.logs / 'supervisord.log'))}",
        f"pidfile={_escaped(str(layout.state / 'supervisord.pid'))}",
        f"childlogdir={_escaped(str(layout.logs))}",
        "loglevel=info",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for program in programs:
        sections += _program_section(layout, program)
    return "\n".join(sections) + "\n"


def _program_section(layout: Layout, program: Program) -> list[str]:
    group = "true" if program.stop_group else "false"
    return [
        f"[program:{program.name}]",
        f"command={_escaped(shlex.join(program.command))}",
        f"directory={_escaped(str(program.directory))}",
        f"environment={_environment(program.environment)}",
        "autostart=false",
        "autorestart=true",
        "startsecs=1",
        "startretries=20",
        f"stopsignal={program.stop_signal}",
        "stopwaitsecs=12",
        f"stopasgroup={group}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_escaped(str(layout.logs / (program.name + '.log')))}",
        "stdout_logfile_maxbytes=20MB",
        "stdout_logfile_backups=1",
    ]


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _environment(values: Mapping[str, str]) -> str:
    """Quote the way supervisord reads: no escapes inside quotes, and quotes stripped from both ends of a value."""
    for name, value in values.items():
        if "'" in value or "\n" in value or " ;" in value or value.strip("'\"") != value:
            raise StackError(f"The value of {name} cannot be handed to supervisord.")
    return _escaped(",".join(f"{name}='{value}'" for name, value in values.items()))


class Supervisor:
    """A running or not yet running supervisord of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{socket_path(self._layout)}")
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()

    def is_running(self) -> bool:
        """Tell whether a supervisord answers on the socket."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (OSError, HTTPException, xmlrpc.client.Error):
            return False

    def launch(self, programs: Sequence[Program], environment: Mapping[str, str]) -> None:
        """Start supervisord in a session of its own and wait until it answers. Raises StackError."""
        path = self._layout.supervisor_configuration
        path.touch(mode=0o600)
        path.write_text(configuration(self._layout, programs), encoding="utf-8")
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(path)]
        with (self._layout.logs / "supervisord.out").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd=ROOT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 15
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > deadline:
                tail = (self._layout.logs / "supervisord.out").read_text(encoding="utf-8", errors="replace")
                raise StackError(f"The process runner did not start:\n{tail.strip()}")
            time.sleep(0.03)

    def start(self, name: str) -> None:
        """Start one program without waiting for it; nothing happens when it runs already."""
        try:
            self._call("startProcess", name, False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise StackError(f"{name} could not be started: {fault.faultString}") from fault

    def states(self) -> dict[str, dict[str, Any]]:
        """Return what supervisord knows of each program by name: `statename`, `pid`, `start` and more."""
        return {info["name"]: info for info in cast("list[dict[str, Any]]", self._call("getAllProcessInfo"))}

    def stop_all(self, last: Sequence[str]) -> None:
        """Stop every program side by side, those named in `last` after the others. Waits for the end of each."""
        states = self.states()
        running = [name for name, info in states.items() if info["statename"] in _RUNNING]
        for batch in ([name for name in running if name not in last], [name for name in last if name in running]):
            for name in batch:
                with suppress(xmlrpc.client.Fault):  # it may have ended by itself meanwhile
                    self._call("stopProcess", name, False)
            self._wait_stopped(batch)

    def _wait_stopped(self, names: Sequence[str]) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            states = self.states()
            if not any(states[name]["statename"] in _RUNNING for name in names):
                return
            time.sleep(0.05)

    def shutdown(self) -> None:
        """End supervisord itself; returns when it is gone."""
        pid = int(self._call("getPID"))
        self._call("shutdown")
        deadline = time.monotonic() + 20
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        while _exists(pid) and time.monotonic() < deadline:
            time.sleep(0.02)


def _exists(pid: int) -> bool:
    with suppress(ChildProcessError):  # our own child must be collected before it is gone
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    return False
