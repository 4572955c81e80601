"""The lowest floor of billing: database sessions, crypto, money, idempotency, limits, tasks. No domain words."""
