"""The journal of all money: append-only, double-entry, each movement posted once."""
