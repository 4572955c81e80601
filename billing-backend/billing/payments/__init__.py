"""Payments and refunds: what moved, as the payment provider says."""
