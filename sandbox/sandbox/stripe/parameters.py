"""Parameters of a request: checked against the SDK's TypedDicts, then read by the operations through
`Params`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.stripe.errors import StripeError, invalid, missing_parameter, unsupported
from sandbox.stripe.form import Tree
from sandbox.stripe.sdk import Record, Shape, fields_of, parameters_of

_INTEGER = re.compile(r"-?\d{1,15}")
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,12})?")
_MAX_TEXT = 5000
_METADATA_KEYS = 50
_METADATA_KEY = 40
_METADATA_VALUE = 500


def check(tree: Tree, params_class: str, extra: Mapping[str, Shape]) -> dict[str, Any]:
    """Typed values of a request; `extra` are legal parameters the TypedDict leaves out. Raises StripeError."""
    return _object(tree, {**parameters_of(params_class), **extra}, "")


def _object(tree: Tree, fields: Mapping[str, Shape], path: str) -> dict[str, Any]:
    unknown = [_join(path, name) for name in tree if name not in fields]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise invalid(message, param=unknown[0], code="parameter_unknown")
    for name, shape in fields.items():
        if shape.required and name not in tree:
            raise missing_parameter(_join(path, name))
    return {name: _value(raw, fields[name], _join(path, name)) for name, raw in tree.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(raw: Any, shape: Shape, path: str) -> Any:
    if isinstance(raw, dict):
        return _nested(raw, shape, path)
    if raw == "" and not _takes_empty(shape):
        message = (
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter;"
            f" however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty"
            " value."
        )
        raise invalid(message, param=path, code="parameter_invalid_empty")
    if raw == "":
        return raw
    if shape.choices or shape.scalars:
        return _scalar(raw, shape, path)
    raise invalid("Invalid array" if shape.item else "Invalid object", param=path)


def _takes_empty(shape: Shape) -> bool:
    return shape.emptyable or (not shape.choices and not shape.required and "str" in shape.scalars)


def _nested(raw: Tree, shape: Shape, path: str) -> Any:
    if shape.item is not None:
        return _list(raw, shape.item, path)
    if shape.records:
        return _object(raw, _fields(shape.records), path)
    if shape.values is not None:
        return _metadata(raw, shape.values, path)
    raise invalid("Invalid string", param=path)


def _fields(records: tuple[Record, ...]) -> dict[str, Shape]:
    merged: dict[str, Shape] = {}
    for record in records:
        merged.update(fields_of(record))
    return merged


def _list(raw: Tree, item: Shape, path: str) -> list[Any]:
    if not all(key.isdecimal() for key in raw):
        raise invalid("Invalid array", param=path)
    ordered = sorted(raw, key=int)
    return [_value(raw[key], item, _join(path, key)) for key in ordered]


def _metadata(raw: Tree, values: Shape, path: str) -> dict[str, Any]:
    if values.records:
        return {key: _value(value, values, _join(path, key)) for key, value in raw.items()}
    if len(raw) > _METADATA_KEYS:
        raise invalid(f"You can only set up to {_METADATA_KEYS} metadata keys.", param=path)
    for key, value in raw.items():
        place = _join(path, key)
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings, but you passed in a hash.", param=place)
        if len(key) > _METADATA_KEY:
            message = f"Metadata keys can have up to {_METADATA_KEY} characters, but you passed in a key that is"
            raise invalid(f"{message} {len(key)} characters. Invalid key: {key}", param=place)
        if len(value) > _METADATA_VALUE:
            message = f"Metadata values can have up to {_METADATA_VALUE} characters, but you passed in a value that is"
            raise invalid(f"{message} {len(value)} characters. Invalid value: {value}", param=place)
    return raw


def _scalar(raw: str, shape: Shape, path: str) -> Any:
    scalars = shape.scalars
    if raw in shape.choices:
        return raw
    if "bool" in scalars and raw in {"true", "false"}:
        return raw == "true"
    if "int" in scalars and _INTEGER.fullmatch(raw):
        return int(raw)
    if "float" in scalars and _DECIMAL.fullmatch(raw):
        return float(raw)
    if "Decimal" in scalars and _DECIMAL.fullmatch(raw):
        return raw
    if not shape.choices and "str" in scalars:
        if len(raw) > _MAX_TEXT:
            message = f"Invalid string: {raw[:20]}…; must be at most {_MAX_TEXT} characters"
            raise invalid(message, param=path, code="parameter_invalid_string_blank" if not raw.strip() else None)
        return raw
    raise _bad_scalar(raw, shape, path)


def _bad_scalar(raw: str, shape: Shape, path: str) -> StripeError:
    if shape.choices:
        *most, last = shape.choices
        options = f"{', '.join(most)}, or {last}" if len(most) > 1 else " or ".join(shape.choices)
        return invalid(f"Invalid {path}: must be one of {options}", param=path)
    if "int" in shape.scalars:
        return invalid(f"Invalid integer: {raw}", param=path, code="parameter_invalid_integer")
    if "bool" in shape.scalars:
        return invalid(f"Invalid boolean: {raw}", param=path)
    return invalid(f"Invalid decimal: {raw}", param=path)


class Params:
    """Checked parameters that remember which of them an operation looked at.

    What nobody read is something the stand-in does not model; the transport then refuses the request, so
    that no parameter is ever silently ignored.
    """

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = values
        self._path = path
        self._read: set[str] = set()
        self._children: dict[str, list[Params]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> list[str]:
        """What was sent, in order."""
        return list(self._values)

    def path(self, name: str) -> str:
        """The bracketed name a client sees in an error."""
        return _join(self._path, name)

    def get(self, name: str, default: Any = None) -> Any:
        """The whole value, typed; `default` when it was not sent or sent empty."""
        self._read.add(name)
        value = self._values.get(name, default)
        return default if value == "" else value

    def raw(self, name: str) -> Any:
        """The value as it was sent, an empty string included; None when it was not."""
        self._read.add(name)
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        """A string, or None when absent or unset."""
        value = self.get(name)
        return None if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean."""
        return bool(self.get(name, default))

    def number(self, name: str) -> int | None:
        """An integer, or None."""
        value = self.get(name)
        return None if value is None else int(value)

    def positive(self, name: str) -> int | None:
        """An integer above zero, or None. Raises StripeError for others."""
        value = self.number(name)
        if value is not None and value < 1:
            raise invalid("Invalid positive integer", self.path(name), "parameter_invalid_integer")
        return value

    def natural(self, name: str) -> int | None:
        """An integer not below zero, or None. Raises StripeError for others."""
        value = self.number(name)
        if value is not None and value < 0:
            raise invalid("Invalid non-negative integer", self.path(name), "parameter_invalid_integer")
        return value

    def require(self, name: str) -> str:
        """A string that must be there. Raises StripeError."""
        value = self.text(name)
        if value is None:
            raise missing_parameter(self.path(name))
        return value

    def section(self, name: str) -> "Params | None":
        """A nested hash, read field by field; None when absent or unset."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            self._read.add(name)
            return None
        return self._child(name, [value], [self.path(name)])[0]

    def sections(self, name: str) -> list["Params"]:
        """A list of nested hashes; empty when absent or unset."""
        value = self._values.get(name)
        if not isinstance(value, list):
            self._read.add(name)
            return []
        paths = [f"{self.path(name)}[{position}]" for position in range(len(value))]
        return self._child(name, value, paths)

    def metadata(self, current: Mapping[str, str] | None = None) -> dict[str, str]:
        """Metadata after this request: sent keys merged in, empty values removed, an empty whole clears."""
        self._read.add("metadata")
        sent = self._values.get("metadata", {})
        if sent == "":
            return {}
        merged = {**(current or {}), **sent}
        kept = {key: value for key, value in merged.items() if value != ""}
        if len(kept) > _METADATA_KEYS:
            raise invalid(f"You can only set up to {_METADATA_KEYS} metadata keys.", param=self.path("metadata"))
        return kept

    def accept(self, *names: str) -> None:
        """Legal parameters that change nothing observable here."""
        self._read.update(names)

    def only(self, name: str, *allowed: Any) -> None:
        """Accept a parameter for the given values. Raises StripeError for values not modelled."""
        value = self.get(name)
        if value is not None and value not in allowed:
            raise unsupported(f"{self.path(name)}={value}", self.path(name))

    def unread(self) -> Iterator[str]:
        """Bracketed names nobody looked at."""
        for name in self._values:
            for child in self._children.get(name, []):
                yield from child.unread()
            if name not in self._read and name not in self._children:
                yield self.path(name)

    def _child(self, name: str, values: list[Any], paths: list[str]) -> list["Params"]:
        if name not in self._children:
            self._children[name] = [Params(value, path) for value, path in zip(values, paths, strict=True)]
        return self._children[name]
