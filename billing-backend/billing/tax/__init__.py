"""Which tax is due on a sale: rates by place and date, VAT numbers and what is known about them, the decision."""
