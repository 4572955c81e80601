"""VIES, the European VAT registry, behind the tax port."""
