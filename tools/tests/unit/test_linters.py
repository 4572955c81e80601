"""Each linter is shown one thing it must refuse and its lawful neighbour."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from linters import calls, finished, places, size
from linters.source import Finding, SourceFile, checkout_files

TOOLS = Path(__file__).resolve().parents[2]
Linter = Callable[[SourceFile], Iterator[Finding]]


def _messages(linter: Linter, text: str, path: str = "package/module.py") -> list[str]:
    return [finding.message for finding in linter(SourceFile(path, text))]


def _function(lines: int) -> str:
    return "def long():\n" + "    call()\n" * (lines - 1)


def test_size_of_modules() -> None:
    assert _messages(size.check, "x = 1\n" * 400) == []
    assert _messages(size.check, "x = 1\n" * 401) == ["module has 401 lines, at most 400"]
    assert _messages(size.check, "words\n" * 900, "docs/page.md") == []


def test_size_of_functions() -> None:
    assert _messages(size.check, _function(60)) == []
    assert _messages(size.check, _function(61)) == ["function long has 61 lines, at most 60"]
    assert _messages(size.check, "class A:\n    async def f(self):\n" + "        call()\n" * 60) != []


def test_only_migrations_may_be_long() -> None:
    assert _messages(size.check, _function(90), "billing-backend/migrations/versions/0001_core.py") == []
    assert _messages(size.check, _function(90), "billing-backend/tests/unit/test_money.py") != []


@pytest.mark.parametrize(
    "parts",
    [
        ("pypi", "org"),
        ("files", "python" + "hosted", "org"),
        ("registry", "npmjs", "org"),
        ("Registry", "NPMJS", "org"),
    ],
)
def test_registry_hosts_are_refused_everywhere(parts: tuple[str, ...]) -> None:
    line = f"index = https://{'.'.join(parts)}/simple"
    assert len(_messages(places.check, line, "requirements.txt")) == 1
    assert _messages(places.check, f"install {parts[0]} tools", "README.md") == []


@pytest.mark.parametrize("root", ["home", "root", "work", "tmp", "Users", "var/folders"])
@pytest.mark.parametrize("frame", ['path = "{}"', "see {} for more", "`{}`", "({})", "PATH=bin:{}", "file://{}"])
def test_paths_of_one_machine_are_refused(root: str, frame: str) -> None:
    assert len(_messages(places.check, frame.format(f"/{root}/anna/x"), "docs/a.md")) >= 1


@pytest.mark.parametrize("slashes", ["\\", "\\\\"])
def test_windows_paths_are_refused(slashes: str) -> None:
    assert len(_messages(places.check, f'where = "C:{slashes}Users{slashes}anna"')) == 1


@pytest.mark.parametrize(
    "line",
    [
        "#!/usr/bin/env python3",
        "exec >/dev/null 2>&1",
        "https://panel.example/home/start",
        "GET /api/v1/work/items",
        'router.get("/home")',
        "$ROOT/tmp/cache and ./tmp/cache and build/tmp/x",
        "mounted at /var/lib/postgresql/data or /etc/nginx",
        "C: the language",
    ],
)
def test_lawful_paths_pass(line: str) -> None:
    assert _messages(places.check, line) == []


def test_imports_inside_functions_are_refused() -> None:
    inside = "def f():\n    if True:\n        import json\n    return 1\n"
    assert _messages(calls.check, inside) == ["import inside a function"]
    nested = "def f():\n    def g():\n        from os import path\n"
    assert _messages(calls.check, nested) == ["import inside a function"]
    assert _messages(calls.check, "try:\n    import tomllib\nexcept ImportError:\n    raise\n") == []


@pytest.mark.parametrize(
    "call",
    [
        "subprocess.run('ls', shell=True)",
        "subprocess.run('ls', shell=flag)",
        "os.system('ls')",
        "os.popen('ls')",
        "eval('1')",
        "exec('x = 1')",
        "asyncio.create_subprocess_shell('ls')",
    ],
)
def test_shells_and_evaluated_text_are_refused(call: str) -> None:
    assert len(_messages(calls.check, call)) == 1


def test_lists_and_methods_named_alike_pass() -> None:
    assert _messages(calls.check, "subprocess.run(['ls'], shell=False)\nserver.exec('x')\nmodel.eval()\n") == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "X" + "XX"])
def test_notes_to_self_are_refused(word: str) -> None:
    assert _messages(finished.check, f"# {word}: later", "docs/a.md") == [f"unfinished: {word}"]
    assert _messages(finished.check, "a license key is NP-XXXX-XXXX-XXXX", "docs/a.md") == []
    assert _messages(finished.check, 'minor_units("' + "X" + 'XX")') == []


def test_promises_and_skipped_tests_are_refused() -> None:
    promise = "Not" + "ImplementedError"
    assert _messages(finished.check, f"def f():\n    raise {promise}\n") == [f"unfinished: {promise}"]
    assert _messages(finished.check, f'"""Never raises {promise}."""\n') == []
    for mark in ("skip", "mark.xfail", "importorskip"):
        assert len(_messages(finished.check, "x = pytest" + f".{mark}('a')\n")) == 1


@pytest.mark.parametrize(
    ("comment", "refused"),
    [
        ("# noqa" + ": S603", True),
        ("# noqa" + "", True),
        ("# noqa" + ": S603 - no shell here", False),
        ("# type: " + "ignore[arg-type]", True),
        ("# type: " + "ignore[arg-type]  # the stub lacks this overload", False),
        ("# type: " + "ignore[misc]  # noqa" + ": S603", True),
        ("# why this is so", False),
    ],
)
def test_exemptions_carry_their_reason(comment: str, refused: bool) -> None:
    assert bool(_messages(finished.check, f"x = 1  {comment}\n")) is refused


def test_checkout_files_are_what_git_would_track(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("hidden.txt\n")
    (tmp_path / "new.txt").write_text("untracked, not ignored")
    (tmp_path / "hidden.txt").write_text("ignored")
    (tmp_path / "picture.bin").write_bytes(b"\0\1")
    (tmp_path / "link").symlink_to("new.txt")
    assert [file.path for file in checkout_files(tmp_path)] == [".gitignore", "new.txt"]


def test_command_line_reports_and_fails(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "bad.py").write_text("def f():\n    import os\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    command = [sys.executable, "-m", "linters", str(tmp_path)]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "bad.py:2: import inside a function" in done.stdout
    assert "broken.py:1: is not Python 3.11" in done.stdout
    (tmp_path / "bad.py").unlink()
    (tmp_path / "broken.py").unlink()
    assert subprocess.run(command, cwd=TOOLS, capture_output=True, check=False).returncode == 0
