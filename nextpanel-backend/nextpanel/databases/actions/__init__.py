"""The use cases of databases, one a module."""
