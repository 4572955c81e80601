"""When what happens before a domain ends, in days before it."""

from typing import Final

# The notice comes a day before the card is charged, so that who doesn't want the renewal can still say so.
NOTICE: Final = 30
FIRST_CHARGE: Final = 29
LATER: Final = (7, 1)
STAGES: Final = (NOTICE, FIRST_CHARGE, *LATER)


def next_charge(days_before: int) -> int | None:
    """Return the stage after this one at which the card is tried; None after the last."""
    return next((stage for stage in STAGES if stage < days_before and stage != NOTICE), None)
