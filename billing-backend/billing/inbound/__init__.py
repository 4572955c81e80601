"""Events from outside: stored before they are acknowledged, processed exactly once."""
