"""Pages that objects of the API link to: hosted invoice, its PDF, the bank's authentication."""
