"""The README's table of behaviours names tests that exist, its admin calls and settings exist too."""

import re
from pathlib import Path

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text(encoding="utf-8")
SOURCES = "\n".join(file.read_text(encoding="utf-8") for file in (HERE.parent / "sandbox").rglob("*.py"))


def test_every_behaviour_names_tests_that_exist() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (.+) \|$", README, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 54))
    for number, cell in rows:
        for part in cell.split("<br>"):
            file, *tests = re.findall(r"`([^`]+)`", part)
            source = (HERE / "stripe" / file).read_text(encoding="utf-8")
            missing = [test for test in tests if f"def {test}(" not in source]
            assert tests, f"behaviour {number} names no test"
            assert missing == [], f"behaviour {number}: {file} has no {missing}"


def test_settings_fault_kinds_and_routes_are_in_the_code() -> None:
    for name in set(re.findall(r"`(SANDBOX_[A-Z_]+)`", README)):
        assert f'"{name}"' in SOURCES, name
    faults = README.split("## Faults")[1].split("## Inside")[0]
    for kind in set(re.findall(r"`((?:error|timeout|webhook|drop|duplicate|delay|reorder)_\w+|processing)`", faults)):
        assert f'"{kind}"' in SOURCES, kind
    for path in set(re.findall(r"/admin/stripe/([\w-]+)", README)):
        assert f'Route("/{path}' in SOURCES, path
