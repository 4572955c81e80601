"""`make check`, `make test` and `make bench`: the same locally and in CI."""
