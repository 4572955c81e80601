import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from testkit.ports import LOOPBACK, free_port, is_port_free
from testkit.processes import PATIENCE, ProcessFailedError, http_ok, running_process, start_process

_STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)\n"
)


def test_child_is_healthy_then_gone(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://{LOOPBACK}:{port}/"
    command = [sys.executable, "-m", "http.server", str(port), "--bind", LOOPBACK]
    with running_process("web", command, log_dir=tmp_path / "logs", health_url=url, cwd=tmp_path) as child:
        assert child.is_running()
        assert http_ok(url)
        assert not http_ok(url + "missing")
        assert "GET / " in child.log_text()
    assert not child.is_running()
    assert is_port_free(port)


def test_a_child_that_ends_early_is_reported_with_its_log(tmp_path: Path) -> None:
    child = start_process("short", [sys.executable, "-c", "print('no luck'); exit(3)"], log_dir=tmp_path)
    with pytest.raises(ProcessFailedError, match="ended with code 3") as caught:
        child.wait_healthy(f"http://{LOOPBACK}:1/", timeout=60)
    assert "no luck" in str(caught.value)
    child.kill()


def test_a_child_that_is_never_healthy_times_out(tmp_path: Path) -> None:
    child = start_process("deaf", [sys.executable, "-c", "import time; time.sleep(60)"], log_dir=tmp_path)
    with pytest.raises(ProcessFailedError, match=r"after 0\.2 s"):
        child.wait_healthy(f"http://{LOOPBACK}:{free_port()}/", timeout=0.2)
    child.kill()
    assert not child.is_running()


def test_terminate_kills_what_ignores_the_request(tmp_path: Path) -> None:
    child = start_process("stubborn", [sys.executable, "-c", _STUBBORN], log_dir=tmp_path)
    child.wait_until(lambda: "up" in child.log_text(), what="start")
    child.terminate(timeout=0.2)
    assert child.popen.returncode == -9


def test_environment_is_replaced(tmp_path: Path) -> None:
    code = "import os; print(sorted(k for k in os.environ if not k.startswith('LC_')))"
    child = start_process("env", [sys.executable, "-c", code], log_dir=tmp_path, env={"ONLY": "1"})
    child.popen.wait(PATIENCE)
    assert child.log_text().strip() == "['ONLY']"
    child.kill()


def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    """A test run killed with -9 must not leave its servers or their directories behind."""
    code = (
        "import os, signal\n"
        "from testkit.redis import RedisServer\n"
        "server = RedisServer()\n"
        "server.start()\n"
        "print(server.process.pid, server.directory, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE
    )
    pid, directory = done.stdout.split()
    assert done.returncode == -9
    deadline = time.monotonic() + PATIENCE
    while (_alive(int(pid)) or Path(directory).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(int(pid))
    assert not Path(directory).exists()


def _alive(pid: int) -> bool:
    """A zombie nobody has collected yet does not count."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
