"""The API that billing calls, and what follows an account's change of state."""
