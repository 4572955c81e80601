"""Mail to customers and staff: rendered when queued, stored sealed, sent once."""
