"""The XML envelope around every reply. Names are matched without regard to case: the live service mixes them."""

from dataclasses import dataclass
from xml.etree.ElementTree import (
    Element,
    ParseError,
)

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from billing.integrations.registrars.namecheap.values import MalformedReply


class UnreadableReply(ValueError):
    """The body is not an API envelope: HTML of a proxy, cut XML, or something else."""


@dataclass(frozen=True, slots=True)
class ApiError:
    number: str
    text: str


class Node:
    """A read-only view of an element."""

    def __init__(self, element: Element) -> None:
        self._element = element
        self._attributes = {_local(name): value.strip() for name, value in element.attrib.items()}

    @property
    def name(self) -> str:
        """The element's name in lower case, without namespace."""
        return _local(self._element.tag)

    @property
    def text(self) -> str | None:
        """The text, trimmed; None when there is none."""
        return (self._element.text or "").strip() or None

    def attribute(self, *names: str) -> str | None:
        """Return the first of these attributes that is there and not empty."""
        for name in names:
            if value := self._attributes.get(name.lower()):
                return value
        return None

    def require(self, *names: str) -> str:
        """Return attribute(); raises MalformedReply when there is none."""
        value = self.attribute(*names)
        if value is None:
            raise MalformedReply(f"<{self.name}> has no {names[0]}")
        return value

    def children(self, name: str) -> list["Node"]:
        """Return the direct children of this name."""
        wanted = name.lower()
        return [Node(child) for child in self._element if _local(child.tag) == wanted]

    def find(self, *path: str) -> "Node | None":
        """Return the first element at the path of names, or None."""
        node: Node = self
        for name in path:
            found = node.children(name)
            if not found:
                return None
            node = found[0]
        return node

    def get(self, *path: str) -> "Node":
        """Return find(); raises MalformedReply when there is none."""
        node = self.find(*path)
        if node is None:
            raise MalformedReply(f"<{self.name}> has no {'/'.join(path)}")
        return node

    def child_text(self, *path: str) -> str | None:
        """Return the text of the element at the path, or None."""
        node = self.find(*path)
        return None if node is None else node.text


@dataclass(frozen=True, slots=True)
class Envelope:
    """`response` is the CommandResponse; in an error reply it may be there and hold nonsense."""

    is_ok: bool
    errors: tuple[ApiError, ...]
    response: Node | None


def read_envelope(body: bytes) -> Envelope:
    """Read a reply. Raises UnreadableReply for anything that is not a complete envelope."""
    try:
        root = Node(fromstring(body, forbid_dtd=True))
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableReply(f"no XML: {type(error).__name__}") from error
    status = (root.attribute("Status") or "").upper()
    if root.name != "apiresponse" or status not in {"OK", "ERROR"}:
        raise UnreadableReply("no API envelope")
    listed = root.find("Errors")
    errors = tuple(
        ApiError(error.attribute("Number") or "0", error.text or "")
        for error in (listed.children("Error") if listed else [])
    )
    return Envelope(status == "OK", errors, root.find("CommandResponse"))


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()
