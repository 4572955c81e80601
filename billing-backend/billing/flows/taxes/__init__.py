"""Keep the provider's customers and running subscriptions at the tax that is due."""
