"""A small PDF writer: one page of text lines in Helvetica, enough for an invoice a reader program opens."""

from dataclasses import dataclass
from typing import Final

_WIDTH, _HEIGHT = 595, 842
_ESCAPES: Final = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at a distance from the page's left and top edge, in points."""

    x: int
    y: int
    size: int
    content: str
    bold: bool = False


def one_page(title: str, texts: list[Text]) -> bytes:
    """The bytes of a one-page A4 document; characters outside Windows-1252 become question marks."""
    stream = b"\n".join(_draw(text) for text in texts)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % (_WIDTH, _HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) /Producer (Sandbox) >>" % _encoded(title),
    ]
    return _assemble(objects)


def _draw(text: Text) -> bytes:
    font = b"/F2" if text.bold else b"/F1"
    place = (text.x, _HEIGHT - text.y)
    return b"BT %s %d Tf %d %d Td (%s) Tj ET" % (font, text.size, *place, _encoded(text.content))


def _encoded(text: str) -> bytes:
    return text.translate(_ESCAPES).encode("cp1252", errors="replace")


def _assemble(objects: list[bytes]) -> bytes:
    document = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        document += b"%010d 00000 n \n" % offset
    document += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(document)
