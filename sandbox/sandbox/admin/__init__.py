"""The sandbox's own API under `/admin`: no vendor has it, product code never calls it."""
