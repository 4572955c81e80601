"""A real PostgreSQL server from the wheel, on loopback, in a directory of its own."""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGQUIT
from urllib.parse import quote

from testkit.binaries import as_service_user, postgres_bin, service_identity
from testkit.guard import guard
from testkit.ports import LOOPBACK, free_port
from testkit.processes import ChildProcess, ProcessFailedError, start_process

SUPERUSER = "postgres"
TEST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "20s",
    "log_min_messages": "warning",
}


class PostgresError(RuntimeError):
    """A PostgreSQL program refused; the message is its own words."""


def initialise(
    data_dir: Path, *, password: str, version: str = "18", environment: Mapping[str, str] | None = None
) -> None:
    """Make a new cluster in `data_dir` (must be empty or absent); its superuser is `postgres`.

    UTC, UTF-8, every log-in by SCRAM. Raises PostgresError.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    identity = service_identity()
    if identity is not None:
        os.chown(data_dir, *identity)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version != "16" else []
    program = postgres_bin(version) / "initdb"
    with tempfile.NamedTemporaryFile("w", dir=data_dir.parent, prefix=".password-") as password_file:
        password_file.write(password + "\n")
        password_file.flush()
        if identity is not None:
            os.chown(password_file.name, *identity)
        command = [
            str(program), f"--pgdata={data_dir}", f"--username={SUPERUSER}", f"--pwfile={password_file.name}",
            "--no-sync", "--encoding=UTF8", "--locale=C", *locale, "--auth=scram-sha-256",
            "--set=timezone=UTC", "--set=log_timezone=UTC",
        ]  # fmt: skip
        _run(as_service_user(command, reaches=[program, data_dir]), environment=environment)


def server_command(
    data_dir: Path, *, port: int, version: str = "18", settings: Mapping[str, str] | None = None
) -> list[str]:
    """Return the command line of a server on 127.0.0.1:`port`, without a Unix socket, in the foreground."""
    values = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        **(settings or {}),
    }
    program = postgres_bin(version) / "postgres"
    command = [str(program), "-D", str(data_dir), *(f"--{name}={value}" for name, value in values.items())]
    return as_service_user(command, reaches=[program, data_dir])


def is_ready(port: int, *, version: str = "18") -> bool:
    """Tell whether a server accepts connections on 127.0.0.1:`port`."""
    program = postgres_bin(version) / "pg_isready"
    command = [str(program), "-q", "-h", LOOPBACK, "-p", str(port), "-t", "2"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - fixed program, no shell


def run_sql(port: int, sql: str, *, password: str, database: str = "postgres", version: str = "18") -> str:
    """Run statements as the superuser with the wheel's psql and return its unaligned, tab-separated rows.

    The text goes through standard input, so nothing of it shows in a process list. Raises PostgresError.
    """
    command = [
        str(postgres_bin(version) / "psql"), "-h", LOOPBACK, "-p", str(port), "-U", SUPERUSER, "-d", database,
        "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-",
    ]  # fmt: skip
    return _run(command, stdin=sql, environment={**os.environ, "PGPASSWORD": password}).rstrip("\n")


def quote_identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _run(command: list[str], *, stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - programs of the wheel, no shell
        command, input=stdin, capture_output=True, text=True, env=environment, check=False, cwd="/"
    )
    if done.returncode != 0:
        raise PostgresError((done.stderr or done.stdout).strip())
    return done.stdout


@dataclass
class PostgresServer:
    """A server for tests: quick settings, data thrown away at the end. `dsn()` says how to reach it."""

    version: str = "18"
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)
    directory: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="testkit-pg-")))
    process: ChildProcess | None = field(default=None, repr=False)

    @property
    def data_dir(self) -> Path:
        return self.directory / "data"

    @property
    def superuser_dsn(self) -> str:
        """The superuser's `postgresql://` address of database `postgres`."""
        return self.dsn()

    def dsn(
        self,
        database: str = "postgres",
        *,
        user: str = SUPERUSER,
        password: str | None = None,
        driver: str = "postgresql",
    ) -> str:
        """Return an address of `database`; `driver` is the scheme, such as "postgresql+asyncpg"."""
        secret = quote(self.password if password is None else password, safe="")
        return f"{driver}://{quote(user, safe='')}:{secret}@{LOOPBACK}:{self.port}/{quote(database, safe='')}"

    def start(self) -> None:
        """Start the server, also after kill(), on the same port and data. Raises ProcessFailedError."""
        if not (self.data_dir / "PG_VERSION").exists():
            guard.add_directory(self.directory)
            initialise(self.data_dir, password=self.password, version=self.version)
        wanted = self.port
        for attempt in range(5):
            self.port = wanted or free_port()
            try:
                self._start_once()
            except ProcessFailedError:
                # The port may have gone to somebody else, or backends of a killed server may still be ending.
                if attempt == 4:
                    raise
            else:
                return

    def _start_once(self) -> None:
        command = server_command(
            self.data_dir, port=self.port, version=self.version, settings={**TEST_SETTINGS, **self.settings}
        )
        self.process = start_process("postgres", command, log_dir=self.directory)
        try:
            self.process.wait_until(lambda: is_ready(self.port, version=self.version), what="readiness")
        except ProcessFailedError:
            self.process.kill()
            raise

    def kill(self) -> None:
        """Kill -9 the server and all its backends; start() recovers from the log as after a power cut."""
        if self.process is not None:
            self.process.kill()

    def stop(self) -> None:
        """End the server and remove its data."""
        if self.process is not None:
            self.process.signal(SIGQUIT)  # immediate shutdown: the data is thrown away with it
            self.process.terminate(5)
            self.process = None
        shutil.rmtree(self.directory, ignore_errors=True)

    def execute(self, sql: str, *, database: str = "postgres") -> str:
        """Run statements as the superuser; see run_sql()."""
        return run_sql(self.port, sql, password=self.password, database=database, version=self.version)

    def create_database(self, name: str, *, template: str | None = None, owner: str | None = None) -> str:
        """Create a database, as a quick copy of `template` when given, and return its superuser address."""
        clauses = f" TEMPLATE {quote_identifier(template)} STRATEGY FILE_COPY" if template else ""
        clauses += f" OWNER {quote_identifier(owner)}" if owner else ""
        self.execute(f"CREATE DATABASE {quote_identifier(name)}{clauses}")
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, ending its connections."""
        self.execute(f"DROP DATABASE IF EXISTS {quote_identifier(name)} WITH (FORCE)")


@contextlib.contextmanager
def postgres_server(version: str = "18", *, settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """Run a throw-away server of major version "18" or "16" for the length of the block."""
    server = PostgresServer(version=version, settings=settings or {})
    try:
        server.start()
        yield server
    finally:
        server.stop()
