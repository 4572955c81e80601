"""Subscriptions: recurring prices, their periods, the first invoice, the end."""
