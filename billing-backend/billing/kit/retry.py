"""How long to wait before something that failed is tried again."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Back-off doubles from `first` to `longest`, with jitter; after `max_failures` a person looks."""

    max_failures: int
    first: timedelta
    longest: timedelta

    def pause(self, failures: int) -> timedelta:
        seconds = min(self.first.total_seconds() * 2 ** min(max(failures - 1, 0), 20), self.longest.total_seconds())
        return timedelta(seconds=seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
