"""The real sandbox process on free loopback ports, and a real receiver for its webhooks."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

# Everything here is plain HTTP; sharing one empty context spares each client the loading of all certificates.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def http(method: str, url: str, **options: Any) -> httpx.Response:
    """One request on a connection of its own, without any SDK."""
    with httpx.Client(verify=NO_TLS, trust_env=False, timeout=30) as client:
        return client.request(method, url, **options)


def wait_until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Return once the condition holds; fail the test after the given time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("the expected state was not reached in time")


class SandboxProcess:
    """One process; `start` again after `kill` goes on with the same ports and state."""

    def __init__(self, state: Path | None = None, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")},
            "SANDBOX_PORT": str(self.port),
            "SANDBOX_SMTP_PORT": str(free_port()),
            "SANDBOX_STATE": ":memory:" if state is None else str(state),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.admin = httpx.Client(base_url=f"{self.url}/admin", timeout=30, trust_env=False, verify=NO_TLS)

    def start(self) -> "SandboxProcess":
        """Run and wait until healthy."""
        self._process = subprocess.Popen([sys.executable, "-m", "sandbox.main"], env=self._environment)
        wait_until(self._healthy)
        return self

    def kill(self) -> None:
        """kill -9: nothing gets a chance to clean up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """The orderly end; raises when the process does not leave with code 0."""
        self.admin.close()
        code = self._end(signal.SIGTERM)
        assert code in {None, 0, -signal.SIGTERM}, f"the sandbox ended with {code}"

    def arm(self, operation: str, kind: str, **more: Any) -> None:
        """Arm a Stripe fault."""
        body = {"vendor": "stripe", "operation": operation, "kind": kind, **more}
        assert self.admin.post("/faults", json=body).status_code == 201

    def advance(self, seconds: int) -> None:
        """Move the virtual clock."""
        assert self.admin.post("/clock/advance", json={"seconds": seconds}).status_code == 200

    def deliveries(self, state: str = "pending") -> list[dict[str, Any]]:
        """Webhook deliveries in a state, newest first."""
        answer = self.admin.get("/stripe/deliveries", params={"state": state, "limit": 1000})
        found: list[dict[str, Any]] = answer.json()["deliveries"]
        return found

    def _healthy(self) -> bool:
        try:
            return self.admin.get("/healthz").status_code == 200
        except httpx.TransportError:
            assert self._process is not None
            assert self._process.poll() is None, "the sandbox did not start"
            return False

    def _end(self, number: int) -> int | None:
        if self._process is None:
            return None
        self._process.send_signal(number)
        code = self._process.wait(timeout=60)
        self._process = None
        return code


@dataclass(frozen=True)
class Received:
    """One webhook as it came in."""

    body: bytes
    signature: str


@dataclass
class Receiver:
    """An HTTP server that notes webhooks and answers with `statuses` in turn, then 200, once `answering` is set."""

    statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self.answering = threading.Event()
        self.answering.set()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> "Receiver":
        """Listen in a thread."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.answering.wait()
                status = receiver.note(Received(body, self.headers["Stripe-Signature"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def note(self, received: Received) -> int:
        """Remember a webhook; returns the status to answer."""
        with self._lock:
            self.received.append(received)
            return self.statuses.pop(0) if self.statuses else 200

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
