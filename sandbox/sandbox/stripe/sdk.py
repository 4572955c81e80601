"""The official SDK's own type annotations, read as the contract of the API.

The SDK is generated from Stripe's OpenAPI description: `stripe.params` holds one TypedDict per request,
`stripe._<object>` one class per answer. Reading their source (never importing it) tells which parameters
are legal and which fields an object has, at a few milliseconds per module and without the SDK's own
start-up time and memory.
"""

import ast
import re
from dataclasses import dataclass, field, replace
from functools import cache, reduce
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_SCALARS: Final = frozenset({"str", "int", "bool", "float", "Decimal", "Any"})
_REQUEST_OPTIONS: Final = frozenset(
    {
        "api_key",
        "stripe_version",
        "stripe_account",
        "stripe_context",
        "max_network_retries",
        "idempotency_key",
        "content_type",
        "headers",
    }
)

_WRAPPERS: Final[dict[str, dict[str, Any]]] = {
    "NotRequired": {"required": False},
    "Optional": {"nullable": True},
    "ExpandableField": {"expandable": True},
}
_CONTAINERS: Final = {
    "List": "item",
    "Sequence": "item",
    "ListObject": "list_of",
    "SearchResultObject": "list_of",
    "Dict": "values",
    "Mapping": "values",
    "UntypedStripeObject": "values",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A TypedDict or an object class of the SDK: module such as `params._price_create_params`, dotted class
    name.
    """

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What one annotation allows; several at once for a union."""

    scalars: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    item: "Shape | None" = None
    values: "Shape | None" = None
    list_of: "Shape | None" = None
    expandable: bool = False
    nullable: bool = False
    required: bool = True
    emptyable: bool = False

    def union(self, other: "Shape") -> "Shape":
        """Both alternatives in one."""
        return Shape(
            scalars=self.scalars | other.scalars,
            choices=self.choices + other.choices,
            records=self.records + other.records,
            item=self.item or other.item,
            values=self.values or other.values,
            list_of=self.list_of or other.list_of,
            expandable=self.expandable or other.expandable,
            nullable=self.nullable or other.nullable,
            required=self.required and other.required,
            emptyable=self.emptyable or other.emptyable,
        )


@dataclass(frozen=True, slots=True)
class _Module:
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    imports: dict[str, Record] = field(default_factory=dict)


def parameters_of(name: str) -> dict[str, Shape]:
    """Top-level parameters of a request by the name of its TypedDict, such as `PriceCreateParams`."""
    fields = fields_of(Record(_place("params.", name), name))
    return {key: shape for key, shape in fields.items() if key not in _REQUEST_OPTIONS}


def object_record(class_name: str) -> Record:
    """The record of a top-level object class, such as `InvoiceLineItem`."""
    return Record(_place("", class_name), class_name)


@cache
def _place(package: str, class_name: str) -> str:
    """The module of a class: in the package itself, or among its test helpers."""
    module = _module_name(class_name)
    helper = f"{package}test_helpers.{module}"
    return helper if _path_of(helper).is_file() else f"{package}{module}"


def _path_of(module: str) -> Path:
    return _root().joinpath(*module.split(".")).with_suffix(".py")


@cache
def fields_of(record: Record) -> dict[str, Shape]:
    """All annotated fields of a record. Raises LookupError when the SDK has no such class."""
    module = _load(record.module)
    definition = module.classes.get(record.name)
    if definition is None:
        raise LookupError(f"the SDK has no {record.name} in {record.module}")
    fields: dict[str, Shape] = {}
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if _is_class_level(node.annotation):
                continue
            fields[node.target.id] = _shape(node.annotation, record)
    return fields


@cache
def api_version() -> str:
    """The API version this SDK release speaks."""
    source = (_root() / "_api_version.py").read_text(encoding="utf-8")
    found = re.search(r'CURRENT = "([^"]+)"', source)
    if found is None:
        raise LookupError("the SDK does not tell its API version")
    return found.group(1)


@cache
def _root() -> Path:
    spec = find_spec("stripe")
    if spec is None or spec.origin is None:
        raise LookupError("the stripe package is not installed")
    return Path(spec.origin).parent


def _module_name(class_name: str) -> str:
    return "_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


@cache
def _load(name: str) -> _Module:
    path = _path_of(name)
    if not path.is_file():
        raise LookupError(f"the SDK has no module {name}")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = _Module()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            _collect_classes(node, node.name, module)
    for found in ast.walk(tree):
        if isinstance(found, ast.ImportFrom) and (found.module or "").startswith("stripe."):
            target = (found.module or "").removeprefix("stripe.")
            for alias in found.names:
                module.imports[alias.asname or alias.name] = Record(target, alias.name)
    return module


def _collect_classes(node: ast.ClassDef, name: str, module: _Module) -> None:
    module.classes[name] = node
    for inner in node.body:
        if isinstance(inner, ast.ClassDef):
            _collect_classes(inner, f"{name}.{inner.name}", module)


def _is_class_level(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Subscript) and _name(annotation.value) in {"ClassVar", "Type"}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _shape(node: ast.expr, scope: Record) -> Shape:
    if isinstance(node, ast.Constant):
        text = str(node.value)
        return Shape(nullable=True) if text == "None" else _shape(ast.parse(text, mode="eval").body, scope)
    if isinstance(node, ast.BinOp):
        return _shape(node.left, scope).union(_shape(node.right, scope))
    if isinstance(node, ast.Subscript):
        return _generic(_name(node.value), node.slice, scope)
    name = _name(node)
    if name in _SCALARS:
        return Shape(scalars=frozenset({name}))
    return Shape(records=(_resolve(name, scope),))


def _generic(name: str, inner: ast.expr, scope: Record) -> Shape:
    arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Literal":
        texts = [str(item.value) for item in arguments if isinstance(item, ast.Constant)]
        return Shape(choices=tuple(text for text in texts if text), emptyable="" in texts)
    shapes = [_shape(argument, scope) for argument in arguments]
    if name in _WRAPPERS:
        return replace(shapes[0], **_WRAPPERS[name])
    if name in _CONTAINERS:
        inside: dict[str, Any] = {_CONTAINERS[name]: shapes[-1]}
        return Shape(**inside)
    if name != "Union":
        raise LookupError(f"unknown annotation {name} in {scope.module}")
    return reduce(Shape.union, shapes)


def _resolve(name: str, scope: Record) -> Record:
    module = _load(scope.module)
    nested = f"{scope.name}.{name}"
    if nested in module.classes:
        return Record(scope.module, nested)
    if name in module.classes:
        return Record(scope.module, name)
    if name in module.imports:
        return module.imports[name]
    raise LookupError(f"{name} is unknown in {scope.module}")
