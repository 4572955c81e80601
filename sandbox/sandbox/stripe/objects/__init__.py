"""One module or folder per Stripe object: what it looks like and what its endpoints do."""
