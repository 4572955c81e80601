"""The lowest floor: database sessions, encryption, passwords, idempotency, pages, limits. No domain words."""
