"""Stripe.js in a real browser: Node's own test runner drives Chromium, each of its tests is one here.

Everything is pinned: Node comes as a wheel, the browser and the official packages by `package-lock.json`; `npm ci`
runs when the lock changed. Chromium is unpacked beside them on first use.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.process import SandboxProcess

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PROGRAMS = Path(sys.prefix) / "bin"
SUITES = sorted(HERE.glob("*.test.mjs"))
_NAME = re.compile(r'^test\("(.+?)", ', re.MULTILINE)


def scenarios() -> list[str]:
    """Names of all tests, as they stand in the files."""
    return [name for suite in SUITES for name in _NAME.findall(suite.read_text(encoding="utf-8"))]


def environment(url: str) -> dict[str, str]:
    """Our programs first, and a temporary folder of our own, as the browser unpacks itself there."""
    place = MODULES / ".browser"
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "TMPDIR": str(place), "SANDBOX_URL": url}


def install() -> None:
    """`npm ci`, once per lock file; a second run at the same time waits."""
    stamp = MODULES / ".stamp"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (HERE / ".npmrc").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return
        command = [str(PROGRAMS / "npm"), "ci", "--no-progress"]
        done = subprocess.run(command, cwd=HERE, env=environment(""), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (MODULES / ".browser").mkdir(exist_ok=True)
        stamp.write_text(wanted, encoding="utf-8")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each scenario had to complain about, by name; nothing when it passed."""
    install()
    report = tmp_path_factory.mktemp("stripejs") / "report.xml"
    running = SandboxProcess().start()
    reporter = ["--test-reporter=junit", f"--test-reporter-destination={report}", "--test-timeout=60000"]
    command = [str(PROGRAMS / "node"), "--test", "--test-concurrency=1", *reporter, *map(str, SUITES)]
    try:
        settings = environment(running.url)
        done = subprocess.run(command, cwd=HERE, env=settings, capture_output=True, text=True, check=False)
    finally:
        running.stop()
    assert report.is_file(), done.stdout + done.stderr
    return {
        case.attrib["name"]: "\n".join(text for failure in case.iter("failure") for text in failure.itertext())
        for case in ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314 - written by our own Node
    }


@pytest.mark.parametrize("name", scenarios())
def test_in_the_browser(results: dict[str, str], name: str) -> None:
    assert results[name] == ""


def test_nothing_ran_unseen(results: dict[str, str]) -> None:
    assert set(results) == set(scenarios())
