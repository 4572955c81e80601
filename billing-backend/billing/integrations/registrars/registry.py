"""Registrars by name. A new one is a folder with an adapter and an entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from billing.domains.ports import Registrar
from billing.integrations.registrars.namecheap.adapter import NAME as NAMECHEAP
from billing.integrations.registrars.namecheap.adapter import Namecheap
from billing.integrations.registrars.namecheap.config import NamecheapConfig

RegistrarConfig = NamecheapConfig


@dataclass(frozen=True, slots=True)
class _Entry:
    config: type[RegistrarConfig]
    build: Callable[[RegistrarConfig], Registrar]


_ENTRIES: Final = {NAMECHEAP: _Entry(NamecheapConfig, Namecheap)}
REGISTRAR_NAMES: Final = frozenset(_ENTRIES)


def build_registrar(name: str, config: RegistrarConfig) -> Registrar:
    """Return the adapter; it holds connections, so close it at the end.

    Raises ValueError for a name that is not in the registry, TypeError for another registrar's configuration.
    """
    entry = _ENTRIES.get(name)
    if entry is None:
        raise ValueError(f"unknown registrar {name!r}; known are {', '.join(sorted(REGISTRAR_NAMES))}")
    if not isinstance(config, entry.config):
        raise TypeError(f"the configuration is not one of {name}")
    return entry.build(config)
