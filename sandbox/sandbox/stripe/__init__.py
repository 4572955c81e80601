"""The Stripe stand-in, API version 2026-10-28.endive."""
