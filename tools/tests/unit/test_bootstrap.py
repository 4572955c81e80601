"""The set-up's decisions; that it really makes environments is what every other test stands on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import pytest


def test_nothing_to_do_is_quick_and_silent() -> None:
    done = subprocess.run(
        [sys.executable, str(bootstrap.TOOLS / "bootstrap.py")], capture_output=True, text=True, check=True, timeout=300
    )
    again = subprocess.run(
        [sys.executable, str(bootstrap.TOOLS / "bootstrap.py")], capture_output=True, text=True, check=True, timeout=5
    )
    assert "failed" not in done.stdout
    assert again.stdout == ""


def test_stamp_changes_with_the_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1")
    before = bootstrap.fingerprint(lock)
    (tmp_path / bootstrap.STAMP).write_text(before)
    assert bootstrap.is_current(tmp_path, before)
    with monkeypatch.context() as other_build:
        other_build.setattr(sys, "version", "3.11.99 (a build of its own)")
        assert bootstrap.fingerprint(lock) == before
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "uninstalled")
    assert not bootstrap.is_current(tmp_path, before)
    (tmp_path / "bin" / "python").unlink()
    lock.write_text("a==2")
    assert not bootstrap.is_current(tmp_path, bootstrap.fingerprint(lock))
    assert not bootstrap.is_current(tmp_path / "absent", before)


def test_uv_is_taken_from_the_lock_with_its_hashes() -> None:
    entry = bootstrap.only_uv(bootstrap.TOOLS / "requirements.txt")
    assert entry.startswith("uv==")
    assert "--hash=sha256:" in entry
    assert entry.count("==") == 1


def test_a_lock_without_uv_is_refused() -> None:
    with pytest.raises(bootstrap.BootstrapError, match="does not lock uv"):
        bootstrap.only_uv(bootstrap.ROOT / "sandbox" / "requirements.txt")


def test_uv_is_told_what_pip_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://more.example/simple")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "7")
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "180")
    environment = bootstrap.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environment["UV_INDEX"] == "https://more.example/simple"
    assert environment["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert environment["UV_HTTP_TIMEOUT"] == "7"


def test_without_a_home_the_cache_stays_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    assert bootstrap.uv_environment()["UV_CACHE_DIR"] == str(bootstrap.TOOLS / ".cache")


def test_a_failing_command_is_tried_again_and_then_quoted(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    code = f"open({str(counter)!r}, 'a').write('x'); print('no such package'); raise SystemExit(3)"
    with pytest.raises(bootstrap.BootstrapError, match="no such package"):
        bootstrap.run([sys.executable, "-c", code], attempts=2)
    assert counter.read_text() == "xx"


def test_old_python_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or later is needed; this is 3\.9\.2"):
        bootstrap.require_modern_python()


def test_every_lock_is_complete_and_names_no_index() -> None:
    locks = [bootstrap.inputs(project)[0] for project in bootstrap.PACKAGES]
    for lock in [*locks, bootstrap.TOOLS / "requirements-redis.txt"]:
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text


def test_without_pip_and_ensurepip_the_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(bootstrap.BootstrapError, match=r"neither pip nor ensurepip\. Install one of them"):
        bootstrap._pip(tmp_path / "venv")
