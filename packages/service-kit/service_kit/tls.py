"""Outgoing TLS."""

import functools
import ssl

import httpx


@functools.cache
def client_context() -> ssl.SSLContext:
    """Return the process's context for calls to others: reading the root certificates takes a tenth of a second."""
    return httpx.create_ssl_context()
