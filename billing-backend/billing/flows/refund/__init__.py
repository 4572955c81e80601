"""Money back by staff, and the papers of every refund whoever asked for it."""
