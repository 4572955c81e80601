"""The Procfile: one line per product process, `name: command`, with $VARIABLES and no shell."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from string import Template

from stack.layout import StackError

_LINE = re.compile(r"(?P<name>[a-z][a-z0-9-]*):\s*(?P<command>\S.*)")


@dataclass(frozen=True)
class Entry:
    """A named command, its words not yet filled in."""

    name: str
    words: tuple[str, ...]

    def command(self, values: dict[str, str]) -> list[str]:
        """Return the words with $NAME replaced from `values`. Raises StackError for a name that is not there."""
        try:
            return [Template(word).substitute(values) for word in self.words]
        except (KeyError, ValueError) as error:
            raise StackError(f"The Procfile's {self.name} uses a variable that is not set: {error}.") from error


def read_procfile(path: Path) -> list[Entry]:
    """Return the entries in order. Raises StackError for a line that is neither an entry nor a comment."""
    entries: list[Entry] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise StackError(f"Line {number} of {path.name} is not `name: command`.")
        if found["name"] in {entry.name for entry in entries}:
            raise StackError(f"Line {number} of {path.name} names {found['name']} a second time.")
        entries.append(Entry(found["name"], tuple(shlex.split(found["command"]))))
    return entries
