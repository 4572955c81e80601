"""Lists in Stripe's form: newest first, cursors by id, `limit` 1–100, ranges on times."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import TEST_CLOCKS, Work

Keep = Callable[[Document], bool]


def page(
    work: Work,
    params: Params,
    kind: str,
    url: str,
    *,
    equal: dict[str, str | None] | None = None,
    keep: Keep | None = None,
) -> Document:
    """One page of stored objects, rendered; `equal` filters by top-level values that are not None."""
    limit, after, before = _window(params)
    created = params.get("created")
    wanted = {name: value for name, value in (equal or {}).items() if value is not None}
    # Objects of a test clock were made in a time of their own, so their order tells nothing about the others'.
    in_order = kind == "event" or not work.store.count(f"stripe_{TEST_CLOCKS}")
    found: list[Document] = []
    for document in _candidates(work, kind, wanted, after, before):
        if document.get("deleted") or any(document.get(name) != value for name, value in wanted.items()):
            continue
        made_at = document.get("created", document.get("date"))
        if in_order and before is None and _older_than_wanted(made_at, created):
            break
        if not in_range(made_at, created) or (keep is not None and not keep(document)):
            continue
        found.append(work.render(document))
        if len(found) > limit:
            break
    has_more = len(found) > limit
    found = found[:limit]
    if before is not None:
        found.reverse()
    return {"object": "list", "data": found, "has_more": has_more, "url": url}


def slice_list(params: Params, documents: list[Document], url: str) -> Document:
    """A page of a list that is small and already in its final order (invoice lines, items)."""
    limit, after, before = _window(params)
    ids = [document["id"] for document in documents]
    start, end = 0, len(documents)
    if after is not None:
        start = _index(ids, after, "starting_after") + 1
    if before is not None:
        end = _index(ids, before, "ending_before")
        start = max(start, end - limit)
    chosen = documents[start:end]
    more = start > 0 if before is not None else len(chosen) > limit
    return {"object": "list", "data": chosen[:limit], "has_more": more, "url": url}


def in_range(value: int | None, wanted: Any) -> bool:
    """Whether a time fits a filter: None, an exact second or a hash of gt, gte, lt, lte."""
    if wanted is None:
        return True
    if value is None:
        return False
    if isinstance(wanted, int):
        return value == wanted
    return bool(
        value > wanted.get("gt", value - 1)
        and value >= wanted.get("gte", value)
        and value < wanted.get("lt", value + 1)
        and value <= wanted.get("lte", value)
    )


def _older_than_wanted(made_at: int | None, wanted: Any) -> bool:
    """Documents come newest first, so one below the lower bound ends the search."""
    if made_at is None or not isinstance(wanted, dict):
        return False
    return bool(made_at < wanted.get("gte", made_at) or made_at <= wanted.get("gt", made_at - 1))


def _window(params: Params) -> tuple[int, str | None, str | None]:
    limit = params.number("limit")
    after, before = params.text("starting_after"), params.text("ending_before")
    if limit is not None and not 1 <= limit <= 100:
        message = f"Invalid integer: {limit}; limit must be between 1 and 100"
        raise invalid(message, "limit", "parameter_invalid_integer")
    if after is not None and before is not None:
        raise invalid("You can only use one of starting_after and ending_before.", "starting_after")
    return limit or 10, after, before


def _candidates(
    work: Work, kind: str, wanted: dict[str, str], after: str | None, before: str | None
) -> Iterator[Document]:
    cursor, param = (after, "starting_after") if after is not None else (before, "ending_before")
    if cursor is not None and work.get(kind, cursor) is None:
        raise no_such(work.resources[kind].label, cursor, param)
    where = next(((name, value) for name, value in wanted.items() if name != "id"), None)
    return work.store.browse(f"stripe_{kind}", where=where, beyond=cursor, newer=before is not None)


def _index(ids: list[str], object_id: str, param: str) -> int:
    if object_id not in ids:
        raise no_such("object", object_id, param)
    return ids.index(object_id)
