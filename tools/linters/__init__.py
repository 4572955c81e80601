"""Rules of this repository that no ready-made linter knows; each has its own test in tools/tests."""
