"""PostgreSQL 16 or newer as an engine for customers' databases."""
