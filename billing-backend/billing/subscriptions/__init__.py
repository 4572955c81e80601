"""Subscriptions: the recurring agreement behind a license, mirrored from the payment provider."""
