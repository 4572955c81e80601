"""The statement as PDF."""

from datetime import date, datetime
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from billing.flows.statement.collect import Account, Statement
from billing.invoices.documents import sheet
from billing.invoices.documents.paper import Party
from billing.kit.money import Money


def statement_pdf(statement: Statement, look: sheet.Look | None = None) -> bytes:
    """Return the statement as a PDF of A4 pages."""
    period = f"{_day(statement.since)} – {_day(statement.until)}"
    head = [
        sheet.text("Statement", sheet.TITLE),
        Spacer(0, 4 * mm),
        sheet.text(period, sheet.SMALL_RIGHT),
    ]
    half = sheet.WIDTH / 2
    story: list[Flowable] = [
        sheet.columns([[[sheet.Brand(statement.seller.name, look.logo if look else None)], head]], [half, half]),
        Spacer(0, 9 * mm),
        sheet.columns([[_party("Customer", statement.buyer), _party("From", statement.seller)]], [half, half]),
    ]
    for account in statement.accounts:
        story += [Spacer(0, 9 * mm), *_account(account, statement)]
    return sheet.render(story, title=f"Statement {period}", seller=statement.seller)


def _day(at: date | datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _party(title: str, party: Party) -> list[Flowable]:
    rows: list[Flowable] = [sheet.label(title), Spacer(0, 1.2 * mm), sheet.text(party.name, sheet.STRONG)]
    return rows + [sheet.text(line) for line in (*party.address, party.email) if line]


def _account(account: Account, statement: Statement) -> list[Flowable]:
    def money(amount: int) -> str:
        return str(Money(amount, account.currency))

    def row(at: str, text: str, reference: str, charge: str, credit: str, owed: str) -> list[Any]:
        return [
            sheet.text(at, sheet.SMALL),
            sheet.text(text),
            sheet.text(reference, sheet.SMALL),
            sheet.text(charge, sheet.BODY_RIGHT),
            sheet.text(credit, sheet.BODY_RIGHT),
            sheet.text(owed, sheet.BODY_RIGHT),
        ]

    names = ("Date", "What", "Reference", "Charged", "Credited", "Owed")
    rows: list[list[Any]] = [[sheet.label(name, right=index > 2) for index, name in enumerate(names)]]
    owed = account.opening
    rows.append(row(f"{statement.since:%d %b %Y}", "Brought forward", "", "", "", money(owed)))
    for movement in account.movements:
        owed += movement.charge - movement.credit
        charge = money(movement.charge) if movement.charge else ""
        credit = money(movement.credit) if movement.credit else ""
        rows.append(row(f"{movement.at:%d %b %Y}", movement.text, movement.reference, charge, credit, money(owed)))
    widths = [20 * mm, 34 * mm, sheet.WIDTH - 132 * mm, 26 * mm, 26 * mm, 26 * mm]
    table = Table(rows, colWidths=widths, repeatRows=1, hAlign="LEFT")
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("BACKGROUND", (0, 0), (-1, 0), sheet.WASH),
            ("LINEBELOW", (0, 0), (-1, -1), 0.6, sheet.RULE),
            ("TOPPADDING", (0, 0), (-1, -1), 1.6 * mm),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8 * mm),
            ("LEFTPADDING", (0, 0), (-1, -1), 1.5 * mm),
            ("RIGHTPADDING", (0, 0), (-1, -1), 1.5 * mm),
        ]
    )
    word = "Owed at the end" if account.closing >= 0 else "In your favour"
    closing = [sheet.text(word, sheet.BIG), sheet.text(money(abs(account.closing)), sheet.BIG_RIGHT)]
    total = sheet.columns([closing], [sheet.WIDTH - 60 * mm, 58.5 * mm])
    return [sheet.text(account.currency, sheet.BIG), Spacer(0, 2 * mm), table, Spacer(0, 4 * mm), total]
