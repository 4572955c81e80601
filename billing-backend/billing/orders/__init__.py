"""Orders: what a customer buys, and the steps that deliver it."""
