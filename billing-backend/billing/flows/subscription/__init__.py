"""What a customer does with a running subscription: change, end, pause, pay by another card, redeem a coupon."""
