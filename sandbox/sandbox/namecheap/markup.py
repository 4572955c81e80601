"""Replies as the service writes them: the XML envelope, and the HTML pages of what stands in front of it."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

_NAMESPACE = "http://api.namecheap.com/xml.response"
_SERVER = "PHX01SBAPIEXT06"


def element(name: str, /, **attributes: object) -> Element:
    """An element; booleans become `true` and `false`, None an empty attribute."""
    return Element(name, {key: text_of(value) for key, value in attributes.items()})


def child(parent: Element, name: str, /, text: str | None = None, **attributes: object) -> Element:
    """A new element below `parent`."""
    node = SubElement(parent, name, {key: text_of(value) for key, value in attributes.items()})
    node.text = text
    return node


def text_of(value: object) -> str:
    """How the service writes a value in an attribute."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def envelope(command: str, content: Sequence[Element], errors: Sequence[tuple[str, str]], seconds: float) -> bytes:
    """The whole reply. `command` is empty when the request did not get as far; `errors` are (number, text)."""
    root = Element("ApiResponse", {"Status": "ERROR" if errors else "OK", "xmlns": _NAMESPACE})
    listed = SubElement(root, "Errors")
    for number, text in errors:
        child(listed, "Error", text, Number=number)
    SubElement(root, "Warnings")
    child(root, "RequestedCommand", command.lower() or None)
    if content:
        response = child(root, "CommandResponse", Type=command)
        response.extend(content)
    child(root, "Server", _SERVER)
    child(root, "GMTTimeDifference", "--4:00")
    child(root, "ExecutionTime", f"{seconds:.3f}")
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def html_page(status: int, title: str) -> bytes:
    """The page that a proxy, or the rate limiter, answers with."""
    head = f"<!DOCTYPE html><html><head><title>{status} {title}</title></head>"
    return f"{head}<body><h1>{title}</h1></body></html>".encode()
