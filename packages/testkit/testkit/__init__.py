"""Real parts for tests and the local stack: PostgreSQL, Redis, child processes, free ports."""
