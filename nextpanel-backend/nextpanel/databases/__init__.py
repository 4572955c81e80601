"""Customers' databases: wanted state here, the real ones in an engine."""
