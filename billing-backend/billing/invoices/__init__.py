"""Invoices, mirrored from the payment provider as issued."""
