"""The look of all our documents: fonts, colours, the frame of a page."""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pymupdf_fonts import FiraGO_Bold, FiraGO_Regular
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table

from billing.invoices.documents.paper import Party

REGULAR, BOLD = "FiraGO", "FiraGO-Bold"
pdfmetrics.registerFont(TTFont(REGULAR, io.BytesIO(FiraGO_Regular.fontbuffer)))
pdfmetrics.registerFont(TTFont(BOLD, io.BytesIO(FiraGO_Bold.fontbuffer)))
pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)

INK, MUTED, FAINT = HexColor(0x18212F), HexColor(0x667085), HexColor(0x98A2B3)
RULE, WASH, ACCENT = HexColor(0xE4E7EC), HexColor(0xF7F8FA), HexColor(0x3538CD)
GREEN, GREEN_WASH = HexColor(0x067647), HexColor(0xE6F6EE)
AMBER, AMBER_WASH = HexColor(0xB54708), HexColor(0xFEF3E2)
GREY_WASH = HexColor(0xF0F1F4)

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
_FOOT = 26 * mm


def _style(name: str, size: float, *, color: Any = INK, font: str = REGULAR, right: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=size * 1.42,
        textColor=color,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=True,
    )


BODY = _style("body", 9)
BODY_RIGHT = _style("body-right", 9, right=True)
STRONG = _style("strong", 9, font=BOLD)
STRONG_RIGHT = _style("strong-right", 9, font=BOLD, right=True)
SMALL = _style("small", 7.8, color=MUTED)
SMALL_RIGHT = _style("small-right", 7.8, color=MUTED, right=True)
LABEL = _style("label", 7.2, color=FAINT, font=BOLD)
LABEL_RIGHT = _style("label-right", 7.2, color=FAINT, font=BOLD, right=True)
TITLE = _style("title", 21, font=BOLD, right=True)
BIG_RIGHT = _style("big-right", 13, font=BOLD, right=True)
BIG = _style("big", 12, font=BOLD)


def text(value: object, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text: what a customer typed is never markup."""
    return Paragraph(escape(str(value)).replace("\n", "<br/>"), style)


def label(value: str, *, right: bool = False) -> Paragraph:
    return text(value.upper(), LABEL_RIGHT if right else LABEL)


class Pill(Flowable):
    """A rounded mark with a word in it, at the right edge."""

    def __init__(self, word: str, color: Any, wash: Any) -> None:
        super().__init__()
        self.word, self.color, self.wash = word.upper(), color, wash
        self.height = 6.2 * mm

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 - the names are reportlab's
        self.width = aW
        return aW, self.height

    def draw(self) -> None:
        wide = pdfmetrics.stringWidth(self.word, BOLD, 7.5) + 6 * mm
        left = self.width - wide
        self.canv.setFillColor(self.wash)
        self.canv.roundRect(left, 0, wide, 5.4 * mm, 2.7 * mm, stroke=0, fill=1)
        self.canv.setFillColor(self.color)
        self.canv.setFont(BOLD, 7.5)
        self.canv.drawCentredString(left + wide / 2, 1.75 * mm, self.word)


class Brand(Flowable):
    """The seller's logo, or the name beside a mark."""

    def __init__(self, name: str, logo: Path | None) -> None:
        super().__init__()
        self.name, self.logo = name, logo
        self.height = 14 * mm

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 - the names are reportlab's
        self.width = aW
        return aW, self.height

    def draw(self) -> None:
        if self.logo is not None:
            self.canv.drawImage(
                str(self.logo), 0, 0, 60 * mm, self.height, mask="auto", preserveAspectRatio=True, anchor="sw"
            )
            return
        self.canv.setFillColor(ACCENT)
        self.canv.roundRect(0, 3.6 * mm, 8.6 * mm, 8.6 * mm, 2 * mm, stroke=0, fill=1)
        self.canv.setFillColor(HexColor(0xFFFFFF))
        self.canv.setFont(BOLD, 14)
        self.canv.drawCentredString(4.3 * mm, 6.2 * mm, self.name[:1].upper())
        self.canv.setFillColor(INK)
        self.canv.setFont(BOLD, 15)
        self.canv.drawString(11.4 * mm, 6 * mm, self.name)


def columns(cells: Sequence[Sequence[Any]], widths: Sequence[float], style: Sequence[Any] = ()) -> Table:
    """A table without padding at its sides, top-aligned."""
    base = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
    return Table([list(row) for row in cells], colWidths=list(widths), style=[*base, *style], hAlign="LEFT")


@dataclass(frozen=True, slots=True)
class Look:
    """What a document needs besides its contents."""

    logo: Path | None = None


class _NumberedCanvas(Canvas):
    """Knows how many pages there are before it draws the foot of the first."""

    def __init__(self, seller: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seller = seller
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined] # reportlab's own hook, which its stubs leave out

    def save(self) -> None:
        count = len(self._pages)
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._foot(number, count)
            super().showPage()
        super().save()

    def _foot(self, number: int, count: int) -> None:
        seller = self._seller
        self.setStrokeColor(RULE)
        self.setLineWidth(0.6)
        self.line(MARGIN, 20 * mm, MARGIN + WIDTH, 20 * mm)
        ids = [
            f"VAT {seller.vat_number}" if seller.vat_number else None,
            f"Reg. no. {seller.registration_number}" if seller.registration_number else None,
            seller.email,
        ]
        self.setFont(REGULAR, 7.2)
        self.setFillColor(MUTED)
        self.drawString(MARGIN, 15.5 * mm, "  ·  ".join([seller.name, *seller.address]))
        self.drawString(MARGIN, 11.8 * mm, "  ·  ".join(part for part in ids if part))
        self.drawRightString(MARGIN + WIDTH, 15.5 * mm, f"Page {number} of {count}")


def render(story: list[Flowable], *, title: str, seller: Party) -> bytes:
    """Return the story as a PDF. The same story makes the same bytes."""
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=A4,
        title=title,
        author=seller.name,
        creator=seller.name,
        lang="en",
        invariant=1,
        pageTemplates=[
            PageTemplate(
                frames=[
                    Frame(
                        MARGIN,
                        _FOOT,
                        WIDTH,
                        A4[1] - MARGIN - _FOOT,
                        leftPadding=0,
                        rightPadding=0,
                        topPadding=0,
                        bottomPadding=0,
                    )
                ]
            )
        ],
    )
    document.build(story, canvasmaker=functools.partial(_NumberedCanvas, seller))
    return target.getvalue()
