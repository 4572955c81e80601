"""Invoices and credit notes as UBL 2.1 in the words of EN 16931. Comments name its business terms (BT, BG)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from billing.invoices.documents.paper import Kind, Line, Paper, Party
from billing.kit.money import exponent

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
ROOTS = {
    Kind.INVOICE: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    Kind.CREDIT_NOTE: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
}
_TYPE_CODES = {Kind.INVOICE: "380", Kind.CREDIT_NOTE: "381"}
_CARD = "48"
_PIECE = "C62"
_WORDS = {
    "AE": "Reverse charge",
    "E": "Exempt from VAT",
    "O": "Not subject to VAT",
}
# Of the provider's reasons for a tax of nothing, as UNCL 5305 codes; of others the rate is zero.
_CATEGORIES = {
    "reverse_charge": "AE",
    "customer_exempt": "E",
    "product_exempt": "E",
    "product_exempt_holiday": "E",
    "not_collecting": "O",
    "not_subject_to_tax": "O",
    "not_supported": "O",
}

register_namespace("cac", CAC)
register_namespace("cbc", CBC)


@dataclass(frozen=True, slots=True)
class Category:
    """A VAT category: code (UNCL 5305) and rate in percent; one that is not taxed has none."""

    code: str
    rate: Decimal


NOT_TAXED = Category("O", Decimal(0))
EXEMPT = Category("E", Decimal(0))


def category_of(line: Line) -> Category:
    """Return the category of a line by itself."""
    reason = next((tax.reason for tax in line.taxes if tax.reason in _CATEGORIES), None)
    if not line.taxes or reason is not None:
        return NOT_TAXED if reason is None else Category(_CATEGORIES[reason], Decimal(0))
    rate = sum((tax.rate for tax in line.taxes), Decimal(0))
    return Category("S", rate) if rate > 0 else Category("Z", Decimal(0))


def categories_of(lines: Sequence[Line]) -> list[Category]:
    """Return each line's category; "not subject" can't be mixed, so beside others such a line is exempt."""
    found = [category_of(line) for line in lines]
    mixed = any(category != NOT_TAXED for category in found)
    return [EXEMPT if mixed and category == NOT_TAXED else category for category in found]


class _Writer:
    """Writes one document. Amounts carry as many places as their currency has."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.categories = categories_of(paper.lines)
        self.not_subject = any(category.code == "O" for category in self.categories)
        self.root = Element(f"{{{ROOTS[paper.kind]}}}{'Invoice' if paper.kind is Kind.INVOICE else 'CreditNote'}")

    def add(self, parent: Element, name: str, value: str | None = None, **attributes: str) -> Element:
        space = CBC if value is not None else CAC
        made = SubElement(parent, f"{{{space}}}{name}", attributes)
        made.text = value
        return made

    def amount(self, parent: Element, name: str, minor: int) -> None:
        value = Decimal(minor).scaleb(-exponent(self.paper.currency))
        self.add(parent, name, f"{value:f}", currencyID=self.paper.currency)

    def write(self) -> bytes:
        paper, root = self.paper, self.root
        self.add(root, "CustomizationID", "urn:cen.eu:en16931:2017")  # BT-24
        self.add(root, "ID", paper.number)  # BT-1
        self.add(root, "IssueDate", f"{paper.issued_at:%Y-%m-%d}")  # BT-2
        if paper.kind is Kind.INVOICE:
            due = paper.due_at or paper.paid_at or paper.issued_at
            self.add(root, "DueDate", f"{due:%Y-%m-%d}")  # BT-9
        self.add(root, f"{'Invoice' if paper.kind is Kind.INVOICE else 'CreditNote'}TypeCode", _TYPE_CODES[paper.kind])
        for note in (paper.memo, *paper.notes):
            if note:
                self.add(root, "Note", note)  # BT-22
        self.add(root, "DocumentCurrencyCode", paper.currency)  # BT-5
        if paper.corrects is not None:
            reference = self.add(self.add(root, "BillingReference"), "InvoiceDocumentReference")  # BG-3
            self.add(reference, "ID", paper.corrects)
            if paper.corrects_issued_at is not None:
                self.add(reference, "IssueDate", f"{paper.corrects_issued_at:%Y-%m-%d}")
        self._party("AccountingSupplierParty", paper.seller)  # BG-4
        self._party("AccountingCustomerParty", paper.buyer)  # BG-7
        means = self.add(root, "PaymentMeans")  # BG-16
        self.add(means, "PaymentMeansCode", _CARD)
        self.add(means, "PaymentID", paper.number)  # BT-83
        if paper.kind is Kind.INVOICE and not paper.paid_at:
            self.add(self.add(root, "PaymentTerms"), "Note", "To be paid online by card.")  # BT-20
        self._taxes()
        self._totals()
        for number, (line, category) in enumerate(zip(paper.lines, self.categories, strict=True), 1):
            self._line(number, line, category)
        document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return document

    def _party(self, role: str, party: Party) -> None:
        made = self.add(self.add(self.root, role), "Party")
        # BR-CO-26: a seller is known by some number, or else by what everybody knows it by.
        legal_id = party.registration_number or (party.vat_number if self.not_subject else None)
        if not (legal_id or party.vat_number):
            self.add(self.add(made, "PartyIdentification"), "ID", party.email or party.name)  # BT-29, BT-46
        address = self.add(made, "PostalAddress")
        lines = list(party.lines)
        for name, value in (
            ("StreetName", lines[0] if lines else None),
            ("AdditionalStreetName", ", ".join(lines[1:]) or None),
            ("CityName", party.city),
            ("PostalZone", party.postal_code),
            ("CountrySubentity", party.region),
        ):
            if value:
                self.add(address, name, value)
        # BT-40, BT-55; ZZ is "not known", for the standard wants a country.
        self.add(self.add(address, "Country"), "IdentificationCode", party.country or "ZZ")
        if party.vat_number and not self.not_subject:
            scheme = self.add(made, "PartyTaxScheme")
            self.add(scheme, "CompanyID", party.vat_number)  # BT-31, BT-48
            self.add(self.add(scheme, "TaxScheme"), "ID", "VAT")
        entity = self.add(made, "PartyLegalEntity")
        self.add(entity, "RegistrationName", party.name)  # BT-27, BT-44
        if legal_id:
            self.add(entity, "CompanyID", legal_id)  # BT-30, BT-47
        if party.email or party.contact:
            contact = self.add(made, "Contact")
            if party.contact:
                self.add(contact, "Name", party.contact)
            if party.email:
                self.add(contact, "ElectronicMail", party.email)

    def _category(self, parent: Element, name: str, category: Category) -> Element:
        made = self.add(parent, name)
        self.add(made, "ID", category.code)
        if category.code != "O":
            self.add(made, "Percent", f"{category.rate.normalize():f}")
        return made

    def _scheme(self, category: Element) -> None:
        self.add(self.add(category, "TaxScheme"), "ID", "VAT")

    def _taxes(self) -> None:
        """BG-23, one breakdown for each category and rate."""
        taxable: dict[Category, int] = {}
        taxed: dict[Category, int] = {}
        for line, category in zip(self.paper.lines, self.categories, strict=True):
            taxable[category] = taxable.get(category, 0) + line.net_amount
            taxed[category] = taxed.get(category, 0) + sum(tax.amount for tax in line.taxes)
        total = self.add(self.root, "TaxTotal")
        self.amount(total, "TaxAmount", sum(taxed.values()))  # BT-110
        for category, base in taxable.items():
            part = self.add(total, "TaxSubtotal")
            self.amount(part, "TaxableAmount", base)  # BT-116
            self.amount(part, "TaxAmount", taxed[category])  # BT-117
            made = self._category(part, "TaxCategory", category)  # BT-118, BT-119
            if category.code in _WORDS:
                self.add(made, "TaxExemptionReason", _WORDS[category.code])  # BT-120
            self._scheme(made)

    def _totals(self) -> None:
        """BG-22. Discounts are in the lines, so the sum of the lines is the total without VAT."""
        paper = self.paper
        net = sum(line.net_amount for line in paper.lines)
        gross = net + sum(tax.amount for line in paper.lines for tax in line.taxes)
        prepaid = paper.credit_applied + paper.paid_amount if paper.kind is Kind.INVOICE else 0
        made = self.add(self.root, "LegalMonetaryTotal")
        self.amount(made, "LineExtensionAmount", net)  # BT-106
        self.amount(made, "TaxExclusiveAmount", net)  # BT-109
        self.amount(made, "TaxInclusiveAmount", gross)  # BT-112
        if prepaid:
            self.amount(made, "PrepaidAmount", prepaid)  # BT-113
        self.amount(made, "PayableAmount", gross - prepaid)  # BT-115

    def _line(self, number: int, line: Line, category: Category) -> None:
        """BG-25. A line of credit counts minus one piece: the standard knows no negative price."""
        paper = self.paper
        is_invoice = paper.kind is Kind.INVOICE
        quantity = line.quantity if line.amount >= 0 else -line.quantity
        made = self.add(self.root, "InvoiceLine" if is_invoice else "CreditNoteLine")
        self.add(made, "ID", str(number))  # BT-126
        self.add(made, "InvoicedQuantity" if is_invoice else "CreditedQuantity", str(quantity), unitCode=_PIECE)
        self.amount(made, "LineExtensionAmount", line.net_amount)  # BT-131
        if line.period is not None:
            period = self.add(made, "InvoicePeriod")  # BG-26
            self.add(period, "StartDate", f"{line.period[0]:%Y-%m-%d}")
            self.add(period, "EndDate", f"{line.period[1]:%Y-%m-%d}")
        item = self.add(made, "Item")
        self.add(item, "Name", line.description or "–")  # BT-153
        self._scheme(self._category(item, "ClassifiedTaxCategory", category))  # BT-151, BT-152
        # BT-146: the net price after discounts, with the places that make quantity × price the amount again.
        price = (Decimal(line.net_amount) / quantity).scaleb(-exponent(paper.currency))
        places = Decimal(1).scaleb(-exponent(paper.currency) - 6)
        price = price.quantize(places, ROUND_HALF_UP).normalize()
        self.add(self.add(made, "Price"), "PriceAmount", f"{price:f}", currencyID=paper.currency)


def paper_ubl(paper: Paper) -> bytes:
    """Return the document as UBL 2.1, UTF-8."""
    return _Writer(paper).write()
