"""`GET /v1/<objects>/search` in Stripe's query language.

Clauses such as `status:"active"`, `metadata["order_id"]:"o-1"`, `amount>1000`, `name~"ann"`,
`-currency:"usd"` or `email:null`, joined by `AND` or by `OR`, never both. `:` is equality (texts in any
case), `~` a part of a text, `>`, `<`, `>=`, `<=` compare numbers. Stripe's index lags behind by up to a
minute: objects younger than the lag are not found. The lag is 0 until `set_lag` (all searches, kept over a
restart) or the fault kind `search_lag` (one search) says otherwise.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.core.store import Document, Store
from sandbox.stripe.errors import invalid
from sandbox.stripe.resource import Call, Handler, Operation, operation
from sandbox.stripe.work import Work

_CLAUSE: Final = re.compile(
    r"""\s*(?P<negated>-)?(?P<field>\w+)(?:\[(?P<quote>["'])(?P<key>.*?)(?P=quote)\])?"""
    r"""\s*(?P<operator>:|~|>=|<=|>|<)\s*(?:"(?P<text>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[\w.-]+))\s*"""
)
_SETTINGS: Final = "stripe_search"
_JOIN: Final = re.compile(r"(AND|OR)(?=\s)", re.IGNORECASE)
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "charge": frozenset({"amount", "created", "currency", "customer", "disputed", "metadata", "refunded", "status"}),
    "customer": frozenset({"created", "email", "metadata", "name", "phone"}),
    "invoice": frozenset(
        {"created", "currency", "customer", "metadata", "number", "receipt_number", "status", "subscription", "total"}
    ),
    "payment_intent": frozenset({"amount", "created", "currency", "customer", "metadata", "status"}),
    "price": frozenset({"active", "currency", "lookup_key", "metadata", "product", "type"}),
    "product": frozenset({"active", "description", "metadata", "name", "shippable", "url"}),
    "subscription": frozenset({"canceled_at", "created", "metadata", "status"}),
}
_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": lambda found, wanted: found > wanted,
    "<": lambda found, wanted: found < wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<=": lambda found, wanted: found <= wanted,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition on a field, or on a metadata key."""

    field: str
    key: str | None
    operator: str
    value: str | None
    negated: bool

    def fits(self, document: Document) -> bool:
        """Whether the document meets the condition."""
        return self._matches(self._found(document)) != self.negated

    def _found(self, document: Document) -> Any:
        if self.key is not None:
            return document.get("metadata", {}).get(self.key)
        if self.field == "subscription":
            return document.get("_subscription")
        return document.get(self.field)

    def _matches(self, found: Any) -> bool:
        if self.value is None or found is None:
            return found is None and self.value is None
        if isinstance(found, bool):
            return str(found).lower() == self.value
        if self.operator in _COMPARE:
            return _COMPARE[self.operator](float(found), float(self.value))
        wanted, text = self.value.casefold(), str(found).casefold()
        return wanted in text if self.operator == "~" else wanted == text


def parse(query: str, kind: str) -> tuple[list[Clause], bool]:
    """The clauses and whether all (True) or any (False) must hold. Raises StripeError for what Stripe
    refuses.
    """
    clauses: list[Clause] = []
    joins: set[str] = set()
    rest = query
    while True:
        found = _CLAUSE.match(rest)
        if found is None:
            raise invalid(f"We were unable to parse your search query: {query}", "query")
        clauses.append(_clause(found, kind))
        rest = rest[found.end() :]
        if not rest:
            break
        join = _JOIN.match(rest)
        if join is not None:
            joins.add(join.group(1).upper())
            rest = rest[join.end() :]
    if len(joins) > 1:
        raise invalid("You cannot combine AND and OR in one search query.", "query")
    return clauses, joins != {"OR"}


def searcher(kind: str, url: str) -> Handler:
    """The handler of one object type's search endpoint."""

    def search(work: Work, call: Call) -> Document:
        """GET …/search"""
        params = call.params
        clauses, every = parse(params.require("query"), kind)
        limit = params.positive("limit") or 10
        newest = work.now - _lag(work, kind)
        decide = all if every else any
        found: list[Document] = []
        for document in work.store.browse(f"stripe_{kind}", beyond=params.text("page")):
            hidden = document.get("deleted") or document["created"] > newest
            if not hidden and decide(clause.fits(document) for clause in clauses):
                found.append(document)
            if len(found) > limit:
                break
        shown = found[:limit]
        return {
            "object": "search_result",
            "data": [work.render(document) for document in shown],
            "has_more": len(found) > limit,
            "next_page": shown[-1]["id"] if len(found) > limit else None,
            "url": url,
        }

    return search


def set_lag(store: Store, seconds: int) -> None:
    """From now on every search misses objects younger than this many virtual seconds; 0 for none."""
    store.put(_SETTINGS, "lag", {"id": "lag", "seconds": seconds})


def _lag(work: Work, kind: str) -> float:
    fault = work.context.faults.take("stripe", f"{kind}.search", kinds=frozenset({"search_lag"}))
    if fault is not None:
        return fault.seconds
    lag = work.store.get(_SETTINGS, "lag")
    # A test clock's objects may be from the future of the sandbox's own clock.
    return float(lag["seconds"]) if lag is not None and lag["seconds"] else -float("inf")


def _clause(found: re.Match[str], kind: str) -> Clause:
    field, key, operator = found["field"], found["key"], found["operator"]
    if field not in _FIELDS[kind] or (field == "metadata") != (key is not None):
        raise invalid(f"Field `{field}` is an unsupported search field for resource `{kind}s`.", "query")
    quoted = found["text"] if found["text"] is not None else found["single"]
    value = found["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if operator in _COMPARE and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise invalid(f"The operator {operator} needs a number.", "query")
    null = quoted is None and value == "null"
    return Clause(field, key, operator, None if null else value, bool(found["negated"]))


def _operation(kind: str, sdk_class: str) -> Operation:
    url = f"/v1/{kind}s/search"
    return operation(
        f"{kind}s.search", f"GET {url}", f"{sdk_class}SearchParams", searcher(kind, url), sdk_class, listing=True
    )


OPERATIONS: Final = [
    _operation(kind, sdk_class)
    for kind, sdk_class in (
        ("charge", "Charge"),
        ("customer", "Customer"),
        ("invoice", "Invoice"),
        ("payment_intent", "PaymentIntent"),
        ("price", "Price"),
        ("product", "Product"),
        ("subscription", "Subscription"),
    )
]
