"""Domains renew themselves: told of a month before, charged the day after, tried again a week and a day before."""
