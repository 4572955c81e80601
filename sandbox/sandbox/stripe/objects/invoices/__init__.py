"""Invoices: drafts with lines, finalization with number and intent, payment, voiding."""
