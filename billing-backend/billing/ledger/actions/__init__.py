"""One movement of money each; all are repeatable."""
