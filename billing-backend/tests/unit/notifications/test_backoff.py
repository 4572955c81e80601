"""Waiting between attempts, and the name a mail keeps."""

import uuid
from datetime import timedelta

import pytest

from billing.notifications.delivery import backoff, message_id


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 15), (2, 30), (5, 240), (9, 3600), (30, 3600), (10_000, 3600)])
def test_waiting_doubles_up_to_an_hour_and_is_spread(attempts: int, seconds: int) -> None:
    waits = {backoff(attempts) for _ in range(200)}
    assert min(waits) >= timedelta(seconds=0.75 * seconds)
    assert max(waits) <= timedelta(seconds=1.25 * seconds)
    assert len(waits) > 100


def test_the_message_id_follows_from_the_mail() -> None:
    mail_id = uuid.UUID("019a2f6e-7c1b-7d7a-9b0e-2f4a6c8e0a1b")
    expected = "<019a2f6e-7c1b-7d7a-9b0e-2f4a6c8e0a1b@nextpanel.example>"
    assert message_id(mail_id, "NextPanel <billing@nextpanel.example>") == expected
    assert message_id(mail_id, "billing@nextpanel.example") == expected
