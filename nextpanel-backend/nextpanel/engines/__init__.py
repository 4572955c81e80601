"""Adapters that drive the real servers."""
