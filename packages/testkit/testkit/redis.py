"""A real Redis server on loopback that keeps nothing."""

import contextlib
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from testkit.binaries import redis_server as find_redis_server
from testkit.guard import guard
from testkit.ports import LOOPBACK, free_port
from testkit.processes import ChildProcess, ProcessFailedError, start_process


def server_command(directory: Path, *, port: int) -> list[str]:
    """Return the command line of a server on 127.0.0.1:`port` without persistence, in the foreground."""
    return [
        str(find_redis_server()), "--port", str(port), "--bind", LOOPBACK, "--dir", str(directory),
        "--save", "", "--appendonly", "no", "--daemonize", "no", "--databases", "64",
    ]  # fmt: skip


def ask(port: int, command: str) -> str:
    """Send a command that is answered with a text, such as "INFO server", and return it.

    Raises OSError when nobody answers, ValueError when the answer is something else.
    """
    with socket.create_connection((LOOPBACK, port), timeout=30) as connection, connection.makefile("rb") as answer:
        connection.sendall(command.encode() + b"\r\n")
        head = answer.readline()
        if not head.startswith(b"$"):
            raise ValueError(f"not a text: {head[:80]!r}")
        return answer.read(int(head[1:])).decode(errors="replace")


def is_ready(port: int) -> bool:
    """Tell whether a Redis answers PING on 127.0.0.1:`port`."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False


@dataclass
class RedisServer:
    """A server for tests; `url(database)` says how to reach it."""

    port: int = 0
    directory: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="testkit-redis-")))
    process: ChildProcess | None = field(default=None, repr=False)

    def url(self, database: int = 0) -> str:
        return f"redis://{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, empty; after kill() on the same port. Raises ProcessFailedError."""
        guard.add_directory(self.directory)
        wanted = self.port
        for attempt in range(3):
            self.port = wanted or free_port()
            self.process = start_process(
                "redis", server_command(self.directory, port=self.port), log_dir=self.directory
            )
            try:
                self.process.wait_until(lambda: is_ready(self.port), what="PONG")
            except ProcessFailedError:
                self.process.kill()
                if attempt == 2:
                    raise
            else:
                return

    def kill(self) -> None:
        """Kill -9 the server; all data is gone."""
        if self.process is not None:
            self.process.kill()

    def stop(self) -> None:
        """End the server and remove its directory."""
        if self.process is not None:
            self.process.terminate(5)
            self.process = None
        shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Run a throw-away server for the length of the block."""
    server = RedisServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()
