"""Names under which mails ask for documents."""

INVOICE_PDF = "invoice_pdf"
CREDIT_NOTE_PDF = "credit_note_pdf"
