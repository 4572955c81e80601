"""The sandbox's own page at `/`, and the same facts as JSON for tests and for `make demo`."""
