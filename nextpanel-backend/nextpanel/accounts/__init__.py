"""Hosting accounts and the sessions of their owners."""
