"""Two sides of the same objects, and the three lists that come of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.ports import Seen


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a list; `there` or `here` is None where that side has nothing."""

    list: FindingList
    there: Seen | None
    here: Seen | None

    @property
    def kind(self) -> ObjectKind:
        return self._one.kind

    @property
    def id(self) -> str:
        return self._one.id

    @property
    def _one(self) -> Seen:
        one = self.there or self.here
        assert one is not None
        return one

    @property
    def detail(self) -> dict[str, object]:
        """What differs, by field; everything the one side has where the other has nothing."""
        there = self.there.fields if self.there else {}
        here = self.here.fields if self.here else {}
        names = [name for name in {**there, **here} if there.get(name) != here.get(name)]
        return {name: {"there": there.get(name), "here": here.get(name)} for name in names}


def compare(there: Iterable[Seen], here: Mapping[str, Seen]) -> list[Difference]:
    """Return what is only there and what differs, each object once; a checkout we don't know of is nothing."""
    differences: dict[str, Difference] = {}
    for seen in there:
        known = here.get(seen.id)
        if known is None:
            if not seen.is_checkout:
                differences[seen.id] = Difference(FindingList.ONLY_THERE, seen, None)
        elif differs(seen, known):
            differences[seen.id] = Difference(FindingList.DIFFERENT, seen, known)
    return list(differences.values())


def differs(there: Seen, here: Seen) -> bool:
    return dict(there.fields) != dict(here.fields)
