"""What follows when a subscription is not paid for, or ends: mails, grace, suspension, the end, each at its time."""
