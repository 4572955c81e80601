"""`expand[]`: ids replaced by their objects and includable fields added, along paths the SDK's annotations
allow.
"""

from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.sdk import Record, Shape, fields_of, object_record
from sandbox.stripe.work import Work

_MAX_LEVELS = 4


def expand(work: Work, document: Document, sdk_class: str, paths: list[str]) -> None:
    """Expand a rendered object or list in place. Raises StripeError for paths that cannot be."""
    for position, path in enumerate(paths):
        levels = path.split(".")
        if len(levels) > _MAX_LEVELS:
            message = f"You cannot expand more than {_MAX_LEVELS} levels of a property. Property: {path}"
            raise invalid(message, f"expand[{position}]", "property_expansion_max_depth")
        walker = _Walker(work, path, f"expand[{position}]")
        walker.walk(document, object_record(sdk_class), levels)


class _Walker:
    def __init__(self, work: Work, path: str, param: str) -> None:
        self._work = work
        self._path = path
        self._param = param
        self._by_class = {resource.sdk_class: resource.name for resource in work.resources.values()}

    def walk(self, document: Any, record: Record, levels: list[str]) -> None:
        """Expand the first level in the document, then the rest inside what came out."""
        if not levels or document is None:
            return
        if isinstance(document, list):
            for item in document:
                self.walk(item, record, levels)
            return
        if document.get("object") in {"list", "search_result"}:
            if levels[0] != "data":
                raise self._refused()
            self.walk(document["data"], record, levels[1:])
            return
        if document.get("deleted"):
            return
        shape = fields_of(record).get(levels[0])
        if shape is None:
            raise self._refused()
        self._level(document, shape, levels)

    def _level(self, document: Document, shape: Shape, levels: list[str]) -> None:
        name, rest = levels[0], levels[1:]
        resource = self._work.resources.get(document.get("object", ""))
        target = shape.list_of or shape.item or shape
        if target.expandable:
            self._expand_reference(document, name, target)
        elif resource is not None and name in resource.include:
            if name not in document:
                document[name] = resource.include[name](self._work, document)
        elif not rest and shape.list_of is None:
            raise self._refused()
        if rest and not target.records:
            raise self._refused()
        for record in target.records[:1]:
            self.walk(document.get(name), self._record_of(document.get(name), record), rest)

    def _record_of(self, value: Any, fallback: Record) -> Record:
        resource = self._work.resources.get(value.get("object", "")) if isinstance(value, dict) else None
        return object_record(resource.sdk_class) if resource is not None else fallback

    def _expand_reference(self, document: Document, name: str, shape: Shape) -> None:
        value = document.get(name)
        if isinstance(value, list):
            document[name] = [self._object(item, shape) for item in value]
        elif value is not None:
            document[name] = self._object(value, shape)

    def _object(self, value: Any, shape: Shape) -> Any:
        if not isinstance(value, str):
            return value
        for record in shape.records:
            kind = self._by_class.get(record.name)
            found = self._work.get(kind, value) if kind is not None else None
            if found is not None:
                return self._work.render(found)
        raise invalid(f"The sandbox does not model what {self._path} refers to.", self._param)

    def _refused(self) -> StripeError:
        return invalid(f"This property cannot be expanded ({self._path}).", self._param)
