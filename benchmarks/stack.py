"""How long a warm `make up` takes to be healthy, and how much memory the stack holds at rest.

Baseline for memory: one Python process that has imported FastAPI and SQLAlchemy and does nothing.
"""

import subprocess
import sys
import time

from stack_access import STATE, make, memory_mb, report

REST_SECONDS = 15
IDLE = (
    "import fastapi, sqlalchemy\n"
    "from pathlib import Path\n"
    "line = next(l for l in Path('/proc/self/smaps_rollup').read_text().splitlines() if l.startswith('Pss:'))\n"
    "print(int(line.split()[1]) / 1024)"
)


def main() -> None:
    if (STATE / "supervisor.sock").exists():
        make("down")
    make("up", "DETACH=1")
    make("down")
    started = time.perf_counter()
    make("up", "DETACH=1")
    warm = time.perf_counter() - started
    try:
        time.sleep(REST_SECONDS)
        used = memory_mb()
    finally:
        make("down")
    idle = float(subprocess.run([sys.executable, "-c", IDLE], check=True, capture_output=True, text=True).stdout)
    total = sum(used.values())
    print(f"\nwarm `make up` until healthy        {warm:8.1f} s")
    print(f"memory at rest (PSS)                {total:8.0f} MiB")
    print(f"baseline: idle Python with FastAPI  {idle:8.0f} MiB, ratio {total / idle:.1f}")
    for name, value in sorted(used.items(), key=lambda item: -item[1]):
        print(f"  {name:<34}{value:8.0f} MiB")
    report("stack", {"warm_up_s": round(warm, 1), "memory_mb": round(total), "ratio_to_idle": round(total / idle, 1)})


if __name__ == "__main__":
    main()
