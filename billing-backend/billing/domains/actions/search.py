"""Is a name free, and what does it cost: asked by strangers, so cached, and within a share of the registrar's limit."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from billing.domains.errors import DomainSearchBusy, RegistrarUnavailable
from billing.domains.names import parse_domain_name, parse_label
from billing.domains.ports import Availability, RegistrarError, Registrars, Retriable
from billing.domains.schemas import SearchOut, SearchResultOut, SearchStatus
from billing.kit.money import Money
from service_kit.logs import get_logger

log = get_logger(__name__)

_MOST_ENDINGS = 20
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class TldQuote:
    """What the customer pays for the first year and for each renewal, and who would register the name."""

    registrar: str
    register: Money
    renew: Money


class DomainSearch:
    """Answers searches; one per process.

    `per_minute` bounds the calls to registrars: strangers must not use up what registrations need. None: no bound.
    """

    def __init__(self, registrars: Registrars, *, keep_seconds: float = 60, per_minute: int | None = 10) -> None:
        self._registrars = registrars
        self._keep_seconds = keep_seconds
        self._per_minute = per_minute
        self._kept: dict[str, tuple[float, Availability]] = {}
        self._calls: deque[float] = deque()

    async def search(self, text: str, quotes: Mapping[str, TldQuote]) -> SearchOut:
        """Look a full name up, or a bare label under every ending on sale; `quotes` by TLD, in the order to show.

        Raises InvalidDomainName, UnsupportedTld, DomainSearchBusy, RegistrarUnavailable.
        """
        names = _candidates(text, quotes)
        found = await self._check(names, quotes)
        return SearchOut(query=text, results=[_result(name, found[name], quotes) for name in names])

    async def _check(self, names: Sequence[str], quotes: Mapping[str, TldQuote]) -> dict[str, Availability]:
        now = monotonic()
        found = {name: self._kept[name][1] for name in names if name in self._kept and self._kept[name][0] > now}
        missing: dict[str, list[str]] = {}
        for name in names:
            if name not in found:
                missing.setdefault(quotes[name.partition(".")[2]].registrar, []).append(name)
        for registrar, asked in missing.items():
            self._take_turn(now)
            found |= await self._ask(registrar, asked, now)
        return found

    async def _ask(self, registrar: str, names: Sequence[str], now: float) -> dict[str, Availability]:
        try:
            answers = await self._registrars.get(registrar).check(names)
        except RegistrarError as error:
            log.warning("domain search failed", registrar=registrar, error=error.message)
            after = int(error.after.total_seconds()) if isinstance(error, Retriable) else 60
            raise RegistrarUnavailable(retry_after=after) from error
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        fresh = {answer.name: answer for answer in answers}
        self._kept |= {name: (now + self._keep_seconds, answer) for name, answer in fresh.items()}
        return fresh

    def _take_turn(self, now: float) -> None:
        if self._per_minute is None:
            return
        while self._calls and self._calls[0] <= now - 60:
            self._calls.popleft()
        if len(self._calls) >= self._per_minute:
            raise DomainSearchBusy(retry_after=int(self._calls[0] + 60 - now) + 1)
        self._calls.append(now)


def _candidates(text: str, quotes: Mapping[str, TldQuote]) -> list[str]:
    if "." in text.strip().strip("."):
        return [parse_domain_name(text, quotes.keys()).ascii]
    label = parse_label(text)
    return [f"{label}.{tld}" for tld in list(quotes)[:_MOST_ENDINGS]]


def _result(name: str, answer: Availability, quotes: Mapping[str, TldQuote]) -> SearchResultOut:
    parsed = parse_domain_name(name)
    quote = quotes[parsed.tld]
    status = SearchStatus.TAKEN
    if answer.is_available:
        status = SearchStatus.PREMIUM if answer.is_premium else SearchStatus.AVAILABLE
    is_sold = status is SearchStatus.AVAILABLE
    return SearchResultOut(
        name=name,
        unicode_name=parsed.unicode,
        status=status,
        register_amount=quote.register.amount if is_sold else None,
        renew_amount=quote.renew.amount if is_sold else None,
        currency=quote.register.currency if is_sold else None,
    )
