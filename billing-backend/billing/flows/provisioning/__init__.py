"""Use cases between licenses and the panel servers that host their accounts."""
