"""The days on which a customer's domains end, as a calendar that other programs subscribe to."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from billing.domains import repository
from billing.domains.errors import CalendarNotFound
from billing.domains.models import Domain
from billing.domains.names import to_unicode
from billing.kit.crypto import token_hash
from billing.kit.db import Session

_MOST: Final = 2_000
_REMIND: Final = timedelta(days=-14)


async def make_feed(session: Session, user_id: uuid.UUID) -> str:
    """Return the token of the user's calendar, a new one each time; the one before stops working."""
    token = secrets.token_urlsafe(32)
    await repository.put_feed(session, user_id, token_hash(token))
    return token


async def read_feed(session: Session, token: str, now: datetime) -> bytes:
    """Return the calendar (RFC 5545) that the token stands for; raises `CalendarNotFound`."""
    feed = await repository.get_feed(session, token_hash(token))
    if feed is None:
        raise CalendarNotFound
    calendar = Calendar()
    calendar.add("prodid", "-//NextPanel//Billing//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Domains")
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for domain in await repository.list_expiring(session, feed.user_id, _MOST):
        calendar.add_component(_event(domain, now))
    return bytes(calendar.to_ical())


def _event(domain: Domain, now: datetime) -> Event:
    assert domain.expiry_date is not None
    name = to_unicode(domain.domain_name)
    event = Event()
    # The same event year after year: a domain that is renewed moves in the calendar, it does not come twice.
    event.add("uid", f"domain-{domain.id}@nextpanel")
    event.add("dtstamp", now)
    event.add("dtstart", domain.expiry_date)
    event.add("summary", f"{name} renews before this day" if domain.auto_renew else f"{name} ends")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", name)
    alarm.add("trigger", _REMIND)
    event.add_component(alarm)
    return event
