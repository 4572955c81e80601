"""Stripe behind the payments and price-book ports, on API 2026-10-28.endive."""
