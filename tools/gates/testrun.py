"""`make test`: the checks, then every suite, unit tests first. The last line is the sum: `N passed, N failed`."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from gates import web
from gates.check import run_checks
from gates.jobs import Job, Outcome, Runner
from gates.projects import PROJECTS, RESULTS, Project


@dataclass(frozen=True)
class Tally:
    """Numbers of tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


def results_file(job_name: str) -> Path:
    return RESULTS / f"{job_name}.xml"


def suites(project: Project) -> dict[str, list[str]]:
    """Return pytest's arguments per kind: `unit`, `stories`, `faults`, `integration` (all the rest).

    All tests of a project without tests/unit are of one kind, its `undivided`.
    """
    tests = project.path / "tests"
    if not tests.is_dir():
        return {}
    if not (tests / "unit").is_dir():
        return {project.undivided: ["tests"]}
    found = {"unit": ["tests/unit"]} if _has_tests(tests / "unit") else {}
    rest = [
        f"tests/{entry.name}"
        for entry in sorted(tests.iterdir())
        if entry.name not in {"unit", "stories", "faults", "__pycache__"} and _has_tests(entry)
    ]
    if rest:
        found["integration"] = rest
    for kind in ("stories", "faults"):
        if (tests / kind).is_dir() and _has_tests(tests / kind):
            found[kind] = [f"tests/{kind}"]
    return found


def _has_tests(path: Path) -> bool:
    if path.is_dir():
        return any(path.rglob("test_*.py"))
    return path.name.startswith("test_") and path.suffix == ".py"


def jobs(*kinds: str) -> list[Job]:
    """Return the runs of these kinds: of each project those it has tests for, and those of the web."""
    found = [
        _job(project, kind, known[kind])
        for kind in kinds
        for project in PROJECTS
        for known in [suites(project)]
        if kind in known
    ]
    return [*found, *(job for kind in kinds for job in web.suites(kind))]


def _job(project: Project, kind: str, arguments: list[str]) -> Job:
    name = f"{project.name}-{kind}"
    command = [project.program("python"), "-m", "pytest", "-q", "--durations=5", f"--junitxml={results_file(name)}"]
    return Job(name, [*command, *arguments], project.path, timeout=3600)


def tally(outcome: Outcome) -> Tally:
    """Count a suite's tests from its result file; a suite that broke down without failures counts as one failure."""
    file = results_file(outcome.job.name)
    counted = Tally()
    if file.exists():
        for suite in ElementTree.parse(file).getroot().iter("testsuite"):  # noqa: S314 - written by our own pytest
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            counted += Tally(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    if not outcome.ok and not counted.failed:
        counted += Tally(failed=1)
    return counted


def report(outcome: Outcome) -> None:
    """Print a suite's line; when it failed, its whole output below."""
    print(f"  {outcome.job.name:<26} {tally(outcome)!s:<34} {outcome.seconds:6.1f} s", flush=True)
    if not outcome.ok:
        reason = "timed out\n" if outcome.code is None else ""
        lines = (reason + outcome.output).rstrip().splitlines()
        print("\n".join(f"      {line}" for line in lines), flush=True)


def main() -> int:
    """Return 1 when a check or a test failed; each check counts as one test."""
    started = time.monotonic()
    for file in RESULTS.glob("*.xml"):
        file.unlink()
    RESULTS.mkdir(parents=True, exist_ok=True)
    checks = run_checks()
    total = Tally(passed=sum(check.ok for check in checks), failed=sum(not check.ok for check in checks))
    # What runs longest is begun first; the unit tests alone tell within two minutes whether it is worth waiting.
    for kinds in (("unit",), ("stories", "faults", "integration")):
        kind_started, name = time.monotonic(), ", ".join(kinds)
        print(f"\nTests: {name}", flush=True)
        outcomes = Runner().run_all(jobs(*kinds), report=report)
        total = sum((tally(outcome) for outcome in outcomes), total)
        print(f"  {name} tests took {time.monotonic() - kind_started:.0f} s", flush=True)
    print(f"\nall together {time.monotonic() - started:.0f} s\n{total}", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
