"""The parts of the repository that are checked and tested, and the environment each is run with."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "test-results"


@dataclass(frozen=True)
class Project:
    """A directory with code and tests, and the directory whose .venv runs them; both relative to the root."""

    name: str
    directory: str
    environment: str
    code: tuple[str, ...]
    has_contracts: bool = False
    openapi: tuple[str, str] | None = None  # (module that prints it, file under contracts/)
    undivided: str = "unit"  # what its tests are when there is no tests/unit

    @property
    def path(self) -> Path:
        return ROOT / self.directory

    def program(self, name: str) -> str:
        """Return the path of a program of this project's environment."""
        return str(ROOT / self.environment / ".venv" / "bin" / name)


# The one with the longest suite first, so that it does not run on alone at the end.
PROJECTS = (
    Project(
        "billing",
        "billing-backend",
        "billing-backend",
        ("billing", "migrations", "tests"),
        has_contracts=True,
        openapi=("billing.openapi", "billing-openapi.json"),
    ),
    Project("service-kit", "packages/service-kit", "billing-backend", ("service_kit", "tests")),
    Project("billing-client", "packages/billing-client", "billing-backend", ("billing_client", "tests")),
    Project("testkit", "packages/testkit", "tools", ("testkit", "tests")),
    Project("sandbox", "sandbox", "sandbox", ("sandbox", "tests"), undivided="integration"),
    Project(
        "nextpanel",
        "nextpanel-backend",
        "nextpanel-backend",
        ("nextpanel", "migrations", "tests"),
        has_contracts=True,
        openapi=("nextpanel.openapi", "nextpanel-openapi.json"),
    ),
    Project(
        "tools",
        "tools",
        "tools",
        ("bootstrap.py", "interpreter.py", "lock.py", "node.py", "linters", "gates", "stack", "demo", "tests"),
    ),
)
