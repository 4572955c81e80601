"""The gates: jobs are captured and never outlive their time, results are counted, benchmarks are found."""

import sys
from pathlib import Path

import pytest
from gates import bench, check, testrun
from gates.jobs import Job, Outcome, Runner, neutral_environment
from gates.projects import PROJECTS, ROOT, Project
from gates.testrun import Tally


def _job(name: str, code: str, **options: float | bool) -> Job:
    return Job(f"gates-test-{name}", [sys.executable, "-c", code], **options)  # type: ignore[arg-type] # two options of two types


def test_jobs_run_side_by_side_and_report_as_they_end() -> None:
    seen: list[Outcome] = []
    jobs = [_job("slow", "import time; time.sleep(0.8); print('slow')"), _job("quick", "print('quick'); exit(3)")]
    outcomes = Runner().run_all(jobs, report=seen.append)
    assert [outcome.output.strip() for outcome in outcomes] == ["quick", "slow"]
    assert [outcome.code for outcome in outcomes] == [3, 0]
    assert seen == outcomes


def test_a_job_that_hangs_is_ended() -> None:
    [outcome] = Runner().run_all([_job("hang", "import time; time.sleep(60)", timeout=0.5)], report=lambda _: None)
    assert outcome.code is None
    assert not outcome.ok


def test_a_missing_program_is_a_failure_with_a_reason() -> None:
    outcome = Runner().run(Job("gates-test-missing", ["no/such/program"]))
    assert outcome.code == 127
    assert "missing" in outcome.output


def test_jobs_do_not_see_a_running_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_DATABASE_URL", "postgresql://elsewhere")
    monkeypatch.setenv("PORT_OFFSET", "100")
    assert not {"BILLING_DATABASE_URL", "PORT_OFFSET"} & set(neutral_environment())


@pytest.mark.parametrize(
    ("attributes", "code", "expected"),
    [
        ('tests="10" failures="0" errors="0" skipped="0"', 0, Tally(10, 0, 0)),
        ('tests="10" failures="1" errors="2" skipped="3"', 1, Tally(4, 3, 3)),
        ('tests="0" failures="0" errors="0" skipped="0"', 4, Tally(0, 1, 0)),
        (None, 2, Tally(0, 1, 0)),
    ],
)
def test_results_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attributes: str | None, code: int, expected: Tally
) -> None:
    monkeypatch.setattr(testrun, "RESULTS", tmp_path)
    if attributes is not None:
        (tmp_path / "x-unit.xml").write_text(f"<testsuites><testsuite {attributes}/></testsuites>")
    assert testrun.tally(Outcome(Job("x-unit", []), code, 1.0, "")) == expected


def test_the_sum_is_one_plain_line() -> None:
    assert str(Tally(3, 1) + Tally(2, 0)) == "5 passed, 1 failed"
    assert str(Tally(3, 0, 2)) == "3 passed, 0 failed, 2 skipped"


def test_suites_are_split_by_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gates.projects.ROOT", tmp_path)
    project = Project("x", "x", "x", ())
    assert testrun.suites(project) == {}
    for name in ("unit", "stories", "faults", "data"):
        (tmp_path / "x" / "tests" / name).mkdir(parents=True)
    for name in ("unit/test_a.py", "stories/test_b.py", "faults/test_c.py", "test_d.py", "conftest.py"):
        (tmp_path / "x" / "tests" / name).touch()
    assert testrun.suites(project) == {
        "unit": ["tests/unit"],
        "integration": ["tests/test_d.py"],
        "stories": ["tests/stories"],
        "faults": ["tests/faults"],
    }


def test_every_product_and_package_is_checked_and_tested() -> None:
    directories = {project.directory for project in PROJECTS}
    present = {str(file.parent.relative_to(ROOT)) for file in ROOT.glob("*/pyproject.toml")}
    present |= {str(file.parent.relative_to(ROOT)) for file in ROOT.glob("packages/*/pyproject.toml")}
    assert present == directories
    names = [job.name for job in check.jobs()]
    assert {f"mypy-{project.name}" for project in PROJECTS} <= set(names)
    assert {"ruff-check", "ruff-format", "house-rules", "floors-billing", "openapi-nextpanel"} <= set(names)


def test_benchmarks_are_the_modules_with_a_main(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text("def main():\n    pass\n")
    (tmp_path / "helpers.py").write_text("def table():\n    pass\n")
    assert bench.benchmark_names(tmp_path) == ["orders"]


def test_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nothing"]) == 2
    assert "no benchmark 'nothing'" in capsys.readouterr().out
