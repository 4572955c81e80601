"""From the cart to the delivered order: place, pay, fulfill."""
