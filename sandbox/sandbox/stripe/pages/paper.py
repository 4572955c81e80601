"""The invoice as a PDF: as many pages as it takes, the table's head on each."""

from html import escape
from io import BytesIO
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from sandbox.stripe.pages.sheet import Line, Sheet

_INK: Final = HexColor("#1b2330")
_SOFT: Final = HexColor("#5b6675")
_RULE: Final = HexColor("#c9ced6")
_TEXT: Final = ParagraphStyle("text", fontName="Helvetica", fontSize=9, leading=12, textColor=_INK, splitLongWords=1)
_SMALL: Final = ParagraphStyle("small", parent=_TEXT, fontSize=8, leading=11, textColor=_SOFT)
_BOLD: Final = ParagraphStyle("bold", parent=_TEXT, fontName="Helvetica-Bold")
_RIGHT: Final = ParagraphStyle("right", parent=_TEXT, alignment=TA_RIGHT)
_RIGHT_BOLD: Final = ParagraphStyle("right-bold", parent=_BOLD, alignment=TA_RIGHT)
_TITLE: Final = ParagraphStyle("title", parent=_BOLD, fontSize=22, leading=28, spaceAfter=8)
_HEADLINE: Final = ParagraphStyle("headline", parent=_BOLD, fontSize=15, leading=20, spaceBefore=14, spaceAfter=10)
_HEAD: Final = ParagraphStyle("head", parent=_SMALL, alignment=TA_RIGHT)
_MARGIN: Final = 18 * mm
# A page's frame keeps six points free on each side.
_EDGE: Final = _MARGIN + 6
_WIDTH: Final = A4[0] - 2 * _EDGE
_COLUMNS: Final = (0.46, 0.08, 0.17, 0.10, 0.19)


def invoice_pdf(sheet: Sheet, title: str = "Invoice") -> bytes:
    """The bytes of the document, which may have another title; characters Helvetica lacks become question marks."""
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=22 * mm,
        title=f"{title} {sheet.number}",
        author=sheet.seller[0],
        creator="Sandbox",
    )

    def foot(canvas: Canvas, _document: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(_SOFT)
        canvas.drawString(_EDGE, 12 * mm, f"{sheet.number} · {_plain(sheet.headline)}")
        canvas.drawRightString(A4[0] - _EDGE, 12 * mm, f"Page {canvas.getPageNumber()}")

    document.build(_story(sheet, title), onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _story(sheet: Sheet, title: str) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(title, _TITLE), _facts(sheet), Spacer(1, 12), _parties(sheet)]
    story.append(Paragraph(_marked(sheet.headline), _HEADLINE))
    if sheet.memo:
        story += [Paragraph(_marked(sheet.memo), _TEXT), Spacer(1, 8)]
    story += [_table(sheet.lines), Spacer(1, 8), _sums(sheet)]
    if sheet.footer:
        story += [Spacer(1, 16), Paragraph(_marked(sheet.footer), _SMALL)]
    return story


def _facts(sheet: Sheet) -> Table:
    rows = [[Paragraph(_marked(label), _BOLD), Paragraph(_marked(value), _TEXT)] for label, value in sheet.facts]
    return Table(rows, colWidths=[_WIDTH * 0.25, _WIDTH * 0.5], hAlign="LEFT", style=_bare())


def _parties(sheet: Sheet) -> Table:
    seller = [Paragraph(_marked(text), style) for text, style in zip(sheet.seller, (_BOLD, _TEXT), strict=True)]
    buyer = [Paragraph("Bill to", _BOLD), *(Paragraph(_marked(text), _TEXT) for text in sheet.buyer)]
    return Table([[seller, buyer]], colWidths=[_WIDTH * 0.5] * 2, hAlign="LEFT", style=_bare())


def _table(lines: list[Line]) -> Table:
    figures = ("Qty", "Unit price", "Tax", "Amount")
    head = [Paragraph("Description", _SMALL), *(Paragraph(text, _HEAD) for text in figures)]
    style = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, _RULE),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ]
    )
    return Table(
        [head, *(_row(line) for line in lines)],
        colWidths=[_WIDTH * share for share in _COLUMNS],
        repeatRows=1,
        splitInRow=1,
        hAlign="LEFT",
        style=style,
    )


def _row(line: Line) -> list[Paragraph]:
    description = _marked(line.description)
    if line.period:
        description += f'<br/><font size="8" color="#5b6675">{_marked(line.period)}</font>'
    figures = (line.quantity, line.unit, line.tax, line.amount)
    return [Paragraph(description, _TEXT), *(Paragraph(_marked(text), _RIGHT) for text in figures)]


def _sums(sheet: Sheet) -> Table:
    rows = [
        [
            Paragraph(_marked(entry.label), _BOLD if entry.strong else _TEXT),
            Paragraph(entry.amount, _RIGHT_BOLD if entry.strong else _RIGHT),
        ]
        for entry in sheet.sums
    ]
    return Table(rows, colWidths=[_WIDTH * 0.4, _WIDTH * 0.19], hAlign="RIGHT", style=_bare())


def _bare() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )


def _plain(text: str) -> str:
    return text.encode("cp1252", errors="replace").decode("cp1252")


def _marked(text: str) -> str:
    """Plain text for a paragraph, which would read its markup."""
    return escape(_plain(text)).replace("\n", "<br/>")
