"""Adapters of the ports that the floors below declare: one folder per vendor."""
