"""What stands at the payment provider for things that are no plan."""

DOMAIN_PRODUCT_CODE = "domain"
DOMAIN_PRODUCT_NAME = "Domain name"
