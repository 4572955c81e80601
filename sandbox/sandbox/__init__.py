"""Local stand-ins for the outside world (Stripe, Namecheap, SMTP), each on its vendor's own wire protocol."""
