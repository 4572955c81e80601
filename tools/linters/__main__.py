"""`python -m linters [directory]`: run every linter over a checkout; exit code 1 when one of them finds something."""

import sys
from pathlib import Path

from linters import calls, finished, places, size
from linters.source import Finding, checkout_files

LINTERS = (size, places, calls, finished)


def main(arguments: list[str]) -> int:
    """Print the findings in path order and return the exit code."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    files = checkout_files(root)
    findings: list[Finding] = []
    for file in files:
        try:
            findings += [finding for linter in LINTERS for finding in linter.check(file)]
        except SyntaxError as error:
            findings.append(Finding(file.path, error.lineno or 1, f"is not Python 3.11: {error.msg}"))
    for finding in findings:
        print(finding)
    print(f"{len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
