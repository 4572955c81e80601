"""Disputes: a card's owner complains at the bank, and the bank takes the money back."""
