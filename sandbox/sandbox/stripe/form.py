"""Form bodies with nested brackets, as Stripe's libraries send them: `items[0][price]=…`, `expand[]=…`,
`metadata[a]=`.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import invalid

Tree = dict[str, Any]

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MAX_PAIRS = 2000
_MAX_DEPTH = 8


def parse_form(text: str) -> Tree:
    """Nested dicts of strings; array elements are keyed by their position as text. Raises StripeError."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_PAIRS, errors="strict")
    except ValueError as error:
        raise invalid("Invalid form encoding in the request.") from error
    tree: Tree = {}
    for key, value in pairs:
        if "\x00" in value or "\x00" in key:
            raise invalid("Invalid string: null characters are not allowed.")
        _insert(tree, key, value)
    return tree


def _insert(tree: Tree, key: str, value: str) -> None:
    parts = _split(key)
    node = tree
    for position, part in enumerate(parts[:-1]):
        name = part or _position(node, parts[position + 1])
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid object: {key}", param=key)
        node = child
    name = parts[-1] or str(len(node))
    if isinstance(node.get(name), dict):
        raise invalid(f"Invalid object: {key}", param=key)
    node[name] = value


def _split(key: str) -> list[str]:
    found = _KEY.fullmatch(key)
    if found is None:
        raise invalid(f"Received unknown parameter: {key}", param=key, code="parameter_unknown")
    parts = [found.group(1), *re.findall(r"\[([^\[\]]*)\]", found.group(2))]
    if len(parts) > _MAX_DEPTH:
        raise invalid(f"Received unknown parameter: {key}", param=key, code="parameter_unknown")
    return parts


def _position(node: Tree, following: str) -> str:
    """Where `a[][b]` goes: into the last element, unless that one has a `b` already."""
    if not node:
        return "0"
    last = str(len(node) - 1)
    element = node.get(last)
    if isinstance(element, dict) and following and following not in element:
        return last
    return str(len(node))
