"""Users, their sessions and tokens, roles and permissions."""
