"""NextPanel, the hosting control panel: accounts that billing provisions, and what their owners create in them."""

__version__ = "0.1.0"
