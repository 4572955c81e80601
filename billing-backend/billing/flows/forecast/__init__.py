"""What a customer will be charged in the coming year, as things stand now."""
