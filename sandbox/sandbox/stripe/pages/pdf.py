"""A small PDF writer: one page of text and rules, enough for an invoice a reader program opens."""

from dataclasses import dataclass
from typing import Final

_WIDTH, _HEIGHT = 595, 842
_ESCAPES: Final = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
_FONTS: Final = ("Helvetica", "Helvetica-Bold", "Courier", "Courier-Bold")
_COURIER_ADVANCE = 0.6
"""Width of every Courier character, in parts of its size; so sums can end at a margin without font metrics."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at a distance from the page's left and top edge, in points; `number` ends at `x` instead of
    starting there.
    """

    x: int
    y: int
    size: int
    content: str
    bold: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the page's text area, in points from the top edge."""

    y: int
    left: int = 50
    right: int = 545


def one_page(title: str, parts: list[Text | Rule]) -> bytes:
    """The bytes of a one-page A4 document; characters outside Windows-1252 become question marks."""
    stream = b"\n".join(_draw(part) for part in parts)
    fonts = b" ".join(b"/F%d %d 0 R" % (number, number + 5) for number in range(len(_FONTS)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font << %s >> >> >>"
        % (_WIDTH, _HEIGHT, fonts),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    objects += [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % font.encode() for font in _FONTS
    ]
    objects.append(b"<< /Title (%s) /Producer (Sandbox) >>" % _encoded(title))
    return _assemble(objects)


def _draw(part: Text | Rule) -> bytes:
    y = _HEIGHT - part.y
    if isinstance(part, Rule):
        return b"0.8 G %d %d m %d %d l S" % (part.left, y, part.right, y)
    font = int(part.bold) + 2 * int(part.number)
    x = part.x - len(part.content) * _COURIER_ADVANCE * part.size if part.number else part.x
    return b"BT /F%d %d Tf %.1f %d Td (%s) Tj ET" % (font, part.size, x, y, _encoded(part.content))


def _encoded(text: str) -> bytes:
    return text.translate(_ESCAPES).encode("cp1252", errors="replace")


def _assemble(objects: list[bytes]) -> bytes:
    """Number the objects; the first is the catalog, the last the document's information."""
    document = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        document += b"%010d 00000 n \n" % offset
    document += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        start,
    )
    return bytes(document)
