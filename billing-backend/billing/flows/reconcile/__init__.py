"""Compare Stripe, the panels and our rows; repair what is safe, report the rest."""
