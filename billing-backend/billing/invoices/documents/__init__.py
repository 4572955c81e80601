"""Our own documents of invoices and credit notes: PDF for people, UBL for their bookkeeping."""
