"""What every stand-in shares: state, virtual clock, journal of requests, fault knobs."""
