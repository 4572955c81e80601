from service_kit.errors import NotFound


class InvoiceNotFound(NotFound):
    code, title = "invoice_not_found", "There is no such invoice"
