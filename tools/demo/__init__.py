"""`make demo`: one customer buys a license and a domain, upgrades and renews, through public HTTP APIs
only, and the story is told."""
