"""A year of a shop: many customers, processes that may be killed, the sandbox's clock, and an audit at the end."""
