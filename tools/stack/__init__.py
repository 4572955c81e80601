"""The local stack: every part of both products on this machine, under one process runner, with state in .local/."""
