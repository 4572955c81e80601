"""The rules of EN 16931 that an invoice or credit note in UBL has to keep, by their names there.

Terms that must be there (BR-01 … BR-49 as far as we have the terms), arithmetic (BR-CO), categories of VAT (BR-S,
BR-AE, BR-E, BR-O, BR-Z).
"""

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
ONE = Decimal(1)


def path(*names: str) -> str:
    """Names with a small first letter are aggregates written with a capital; all others are basic ones."""
    return "/".join((CAC + name[1:]) if name.startswith("@") else (CBC + name) for name in names)


class Checked:
    """A document read; `problems` lists the rules it breaks."""

    def __init__(self, document: bytes) -> None:
        self.root: Element = fromstring(document)
        self.is_invoice = self.root.tag.endswith("}Invoice")
        self.lines = self.root.findall(CAC + ("InvoiceLine" if self.is_invoice else "CreditNoteLine"))
        self.problems = [*self._terms(), *self._lines(), *self._sums(), *self._categories()]

    def text(self, *names: str, of: Element | None = None) -> str | None:
        found = (self.root if of is None else of).find(path(*names))
        return None if found is None else found.text

    def number(self, *names: str, of: Element | None = None) -> Decimal:
        return Decimal(self.text(*names, of=of) or "0")

    def _terms(self) -> Iterator[str]:
        kind = "InvoiceTypeCode" if self.is_invoice else "CreditNoteTypeCode"
        country = ("@Party", "@PostalAddress", "@Country", "IdentificationCode")
        name = ("@Party", "@PartyLegalEntity", "RegistrationName")
        for rule, names in {
            "BR-01": ("CustomizationID",),
            "BR-02": ("ID",),
            "BR-03": ("IssueDate",),
            "BR-04": (kind,),
            "BR-05": ("DocumentCurrencyCode",),
            "BR-06": ("@AccountingSupplierParty", *name),
            "BR-07": ("@AccountingCustomerParty", *name),
            "BR-09": ("@AccountingSupplierParty", *country),
            "BR-11": ("@AccountingCustomerParty", *country),
            "BR-12": ("@LegalMonetaryTotal", "LineExtensionAmount"),
            "BR-13": ("@LegalMonetaryTotal", "TaxExclusiveAmount"),
            "BR-14": ("@LegalMonetaryTotal", "TaxInclusiveAmount"),
            "BR-15": ("@LegalMonetaryTotal", "PayableAmount"),
            "BR-49": ("@PaymentMeans", "PaymentMeansCode"),
        }.items():
            if not self.text(*names):
                yield rule
        if not self.lines:
            yield "BR-16"
        if not self.root.findall(path("@TaxTotal", "@TaxSubtotal")):
            yield "BR-CO-18"
        if not self.is_invoice and not self.text("@BillingReference", "@InvoiceDocumentReference", "ID"):
            yield "BR-55"
        due = self.number("@LegalMonetaryTotal", "PayableAmount")
        if due > 0 and self.is_invoice and not (self.text("DueDate") or self.text("@PaymentTerms", "Note")):
            yield "BR-CO-25"
        seller = ("@AccountingSupplierParty", "@Party")
        legal_id = self.text(*seller, "@PartyLegalEntity", "CompanyID")
        own_id = self.text(*seller, "@PartyIdentification", "ID")
        if not (own_id or legal_id or self.text(*seller, "@PartyTaxScheme", "CompanyID")):
            yield "BR-CO-26"

    def _lines(self) -> Iterator[str]:
        quantity = "InvoicedQuantity" if self.is_invoice else "CreditedQuantity"
        for entry in self.lines:
            for rule, names in {
                "BR-21": ("ID",),
                "BR-22": (quantity,),
                "BR-24": ("LineExtensionAmount",),
                "BR-25": ("@Item", "Name"),
                "BR-26": ("@Price", "PriceAmount"),
                "BR-CO-04": ("@Item", "@ClassifiedTaxCategory", "ID"),
            }.items():
                if not self.text(*names, of=entry):
                    yield rule
            counted = entry.find(CBC + quantity)
            if counted is None or not counted.get("unitCode"):
                yield "BR-23"
            price = self.number("@Price", "PriceAmount", of=entry)
            if price < 0:
                yield "BR-27"
            made = price * self.number(quantity, of=entry)
            if abs(made - self.number("LineExtensionAmount", of=entry)) > Decimal("0.01"):
                yield "PEPPOL-EN16931-R120"
            start, end = (self.text("@InvoicePeriod", name, of=entry) for name in ("StartDate", "EndDate"))
            if start and end and start > end:
                yield "BR-30"

    def _sums(self) -> Iterator[str]:
        def total(name: str) -> Decimal:
            return self.number("@LegalMonetaryTotal", name)

        tax = self.number("@TaxTotal", "TaxAmount")
        lines = sum(self.number("LineExtensionAmount", of=entry) for entry in self.lines)
        parts = self.root.findall(path("@TaxTotal", "@TaxSubtotal"))
        if total("LineExtensionAmount") != lines:
            yield "BR-CO-10"
        if total("TaxExclusiveAmount") != total("LineExtensionAmount"):
            yield "BR-CO-13"
        if tax != sum(self.number("TaxAmount", of=part) for part in parts):
            yield "BR-CO-14"
        if total("TaxInclusiveAmount") != total("TaxExclusiveAmount") + tax:
            yield "BR-CO-15"
        if total("PayableAmount") != total("TaxInclusiveAmount") - total("PrepaidAmount"):
            yield "BR-CO-16"
        for part in parts:
            taxable, rate = self.number("TaxableAmount", of=part), self.number("@TaxCategory", "Percent", of=part)
            # Rounded line by line the sum may be off a little; the standard's own check leaves one unit too.
            if abs(taxable * rate / 100 - self.number("TaxAmount", of=part)) >= ONE:
                yield "BR-CO-17"
        currency = self.text("DocumentCurrencyCode")
        if {found.get("currencyID") for found in self.root.iter() if found.get("currencyID")} != {currency}:
            yield "one currency"

    def _categories(self) -> Iterator[str]:
        codes: dict[tuple[str | None, str | None], Decimal] = {}
        for entry in self.lines:
            category = ("@Item", "@ClassifiedTaxCategory")
            key = (self.text(*category, "ID", of=entry), self.text(*category, "Percent", of=entry))
            codes[key] = codes.get(key, Decimal(0)) + self.number("LineExtensionAmount", of=entry)
        numbers = {
            role: self.text(f"@{role}", "@Party", "@PartyTaxScheme", "CompanyID")
            for role in ("AccountingSupplierParty", "AccountingCustomerParty")
        }
        parts = self.root.findall(path("@TaxTotal", "@TaxSubtotal"))
        told = {}
        for part in parts:
            code, rate = (self.text("@TaxCategory", name, of=part) for name in ("ID", "Percent"))
            told[code, rate] = self.number("TaxableAmount", of=part)
            reason = self.text("@TaxCategory", "TaxExemptionReason", of=part)
            if (code in {"E", "AE", "O", "G", "K"}) != bool(reason):
                yield f"BR-{code}-10"
            if code != "S" and self.number("TaxAmount", of=part) != 0:
                yield f"BR-{code}-09"
            if code == "S" and not Decimal(rate or "0") > 0:
                yield "BR-S-05"
            if code == "O" and rate is not None:
                yield "BR-O-05"
        if told != codes:
            yield "BR-S-08"
        used = {code for code, _ in codes}
        if used & {"S", "Z", "E", "AE"} and not numbers["AccountingSupplierParty"]:
            yield "BR-S-02"
        if "AE" in used and not numbers["AccountingCustomerParty"]:
            yield "BR-AE-02"
        if "O" in used and (used != {"O"} or any(numbers.values())):
            yield "BR-O-11"
