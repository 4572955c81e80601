"""DNS zones as wanted state, for whichever DNS engine serves them."""
