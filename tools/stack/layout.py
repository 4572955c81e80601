"""Where the stack keeps its things and which ports it listens on."""

import argparse
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from testkit.ports import free_port, is_port_free

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORTS = {
    "billing": 8001,
    "nextpanel": 9000,
    "sandbox": 8099,
    "sandbox_smtp": 8025,
    "postgres": 5432,
    "redis": 6379,
}
PORTAL_PORT = 3001


class StackError(Exception):
    """The stack cannot do what was asked; the message says why in one clear sentence."""


@dataclass(frozen=True)
class Ports:
    """The TCP ports of one running stack, all on 127.0.0.1."""

    billing: int
    nextpanel: int
    sandbox: int
    sandbox_smtp: int
    postgres: int
    redis: int
    portal: int = PORTAL_PORT

    @classmethod
    def shifted(cls, offset: int) -> "Ports":
        """Return the default ports, each moved by `offset`. Raises StackError when one leaves 1024…65535."""
        ports = cls(**{name: port + offset for name, port in DEFAULT_PORTS.items()}, portal=PORTAL_PORT + offset)
        if not all(1024 <= port <= 65535 for port in asdict(ports).values()):
            raise StackError(f"PORT_OFFSET={offset} moves a port out of 1024…65535.")
        return ports

    def with_free_data_ports(self, previous: "Ports | None") -> "Ports":
        """Keep PostgreSQL's and Redis's port if free, else what they had last time, else any free one."""
        return replace(
            self,
            postgres=_first_free(self.postgres, previous.postgres if previous else None),
            redis=_first_free(self.redis, previous.redis if previous else None),
        )


def _first_free(*candidates: int | None) -> int:
    return next((port for port in candidates if port and is_port_free(port)), None) or free_port()


def port_offset(environment: dict[str, str] | None = None) -> int:
    """Read PORT_OFFSET. Raises StackError when it is not a number."""
    text = (os.environ if environment is None else environment).get("PORT_OFFSET") or "0"
    try:
        return int(text)
    except ValueError:
        raise StackError(f"PORT_OFFSET must be a whole number, not {text!r}.") from None


@dataclass(frozen=True)
class Layout:
    """The files of one stack. `state` is wiped by reset; `procfile` names the product processes."""

    state: Path = ROOT / ".local"
    procfile: Path = ROOT / "Procfile"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets.env"

    @property
    def environments(self) -> Path:
        return self.state / "env"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def postgres_data(self) -> Path:
        return self.state / "postgres"

    @property
    def redis(self) -> Path:
        return self.state / "redis"

    @property
    def supervisor_configuration(self) -> Path:
        return self.state / "supervisord.conf"

    @property
    def clock(self) -> Path:
        """Seconds by which all of the stack is ahead of the real time; the sandbox writes it, the products follow."""
        return self.state / "clock"

    @property
    def ports_file(self) -> Path:
        return self.state / "ports.json"

    def make_directories(self) -> None:
        for directory in (self.state, self.environments, self.logs, self.redis):
            directory.mkdir(parents=True, exist_ok=True)
        self.environments.chmod(0o700)

    def read_ports(self) -> Ports | None:
        """Return the ports of the last start, or None."""
        if not self.ports_file.exists():
            return None
        return Ports(**json.loads(self.ports_file.read_text(encoding="utf-8")))

    def write_ports(self, ports: Ports) -> None:
        self.ports_file.write_text(json.dumps(asdict(ports)), encoding="utf-8")


def option_parser(name: str) -> argparse.ArgumentParser:
    """Return a parser that knows the options every command has: where the state is and what runs."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--state", type=Path, default=ROOT / ".local")
    parser.add_argument("--procfile", type=Path, default=ROOT / "Procfile")
    return parser


def layout_of(options: argparse.Namespace) -> Layout:
    return Layout(options.state.absolute(), options.procfile.absolute())
