"""Every route of the app, in the documentation or not."""

import re
import uuid
from collections.abc import Iterable, Iterator

from fastapi import FastAPI
from starlette.routing import BaseRoute

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def _walk(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        # FastAPI keeps an included router as one route that knows it.
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes)
            continue
        path = getattr(route, "path", None)
        if path is None:
            raise AssertionError(f"a kind of route this walk does not know: {route!r}")
        for method in getattr(route, "methods", None) or {"GET"}:
            if method in METHODS:
                yield method, path


def every_route(app: FastAPI) -> list[tuple[str, str]]:
    """Return (method, path template) of every route, sorted."""
    return sorted(set(_walk(app.routes)))


def fill(path: str, **ids: uuid.UUID) -> str:
    """Put ids into a path template; those not given are random."""
    return re.sub(r"\{(\w+)\}", lambda found: str(ids.get(found[1], uuid.uuid4())), path)
