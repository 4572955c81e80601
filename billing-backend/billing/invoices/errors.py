from service_kit.errors import Conflict, NotFound


class InvoiceNotFound(NotFound):
    code, title = "invoice_not_found", "There is no such invoice"


class InvoiceNotIssued(Conflict):
    code, title = "invoice_not_issued", "The invoice is a draft and has no document yet"


class CreditNoteNotFound(NotFound):
    code, title = "credit_note_not_found", "There is no such credit note"
