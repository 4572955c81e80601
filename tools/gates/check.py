"""`make check`: style, types, floors, house rules, fresh contracts. Prints a line per check, and why if one fails."""

import sys

from gates import web
from gates.jobs import Job, Outcome, Runner
from gates.projects import PROJECTS, ROOT, Project

_TOOLS_BIN = ROOT / "tools" / ".venv" / "bin"


def jobs() -> list[Job]:
    """Return every check, the longest first."""
    house = [str(_TOOLS_BIN / "python"), "-m", "linters"]
    found = web.checks()
    found += [job for project in reversed(PROJECTS) for job in _project_jobs(project)]
    if any((ROOT / "benchmarks").glob("*.py")):
        found.append(_benchmarks())
    found.append(Job("ruff-check", [str(_TOOLS_BIN / "ruff"), "check", "."]))
    found.append(Job("ruff-format", [str(_TOOLS_BIN / "ruff"), "format", "--check", "."]))
    found.append(Job("house-rules", house, ROOT / "tools"))
    return found


def _project_jobs(project: Project) -> list[Job]:
    present = [part for part in project.code if any((project.path / part).rglob("*.py")) or part.endswith(".py")]
    found = [Job(f"mypy-{project.name}", [project.program("mypy"), *present], project.path)]
    if project.has_contracts:
        found.append(Job(f"floors-{project.name}", [project.program("lint-imports"), "--no-logo"], project.path))
    if project.openapi is not None:
        found.append(Job(f"openapi-{project.name}", _openapi_command(project), ROOT / "tools"))
    return found


def _benchmarks() -> Job:
    mypy = str(ROOT / "billing-backend" / ".venv" / "bin" / "mypy")
    config = str(ROOT / "billing-backend" / "pyproject.toml")
    directory = ROOT / "benchmarks"
    command = [mypy, "--config-file", config, *sorted(map(str, directory.glob("*.py")))]
    # They use billing's tests, which are not installed anywhere.
    return Job("mypy-benchmarks", command, directory, extra_environment={"MYPYPATH": str(ROOT / "billing-backend")})


def _openapi_command(project: Project) -> list[str]:
    return [str(_TOOLS_BIN / "python"), "-m", "gates.openapi", project.name]


def report(outcome: Outcome) -> None:
    """Print one line; when the check failed, its whole output below."""
    state = "ok" if outcome.ok else "FAILED"
    print(f"  {outcome.job.name:<22} {state:<7} {outcome.seconds:6.1f} s", flush=True)
    if not outcome.ok:
        print("\n".join(f"      {line}" for line in outcome.output.rstrip().splitlines()), flush=True)


def run_checks() -> list[Outcome]:
    """Run every check and print its line."""
    print("Checks", flush=True)
    return Runner().run_all(jobs(), report=report)


def main() -> int:
    """Return 1 when a check failed."""
    failed = [outcome.job.name for outcome in run_checks() if not outcome.ok]
    print(f"check: {', '.join(failed)} failed" if failed else "check: clean")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
