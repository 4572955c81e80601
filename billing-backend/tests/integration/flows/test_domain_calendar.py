"""The calendar of a customer's domains: read by whoever has its address, as long as that is the last one."""

from datetime import date, timedelta

import httpx
from icalendar import Calendar, Event
from sqlalchemy import select

from billing.domains.models import CalendarFeed, Domain
from billing.domains.ports import DomainStatus
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from tests.factories_licenses import Person, make_person

PATH = "/api/v1/domains/calendar"
ENDS = date(2027, 11, 20)


async def own(database: Database, person: Person, name: str, expiry: date | None = ENDS, **more: object) -> None:
    async with database.transaction(Subject.system()) as session:
        session.add(
            Domain(
                user_id=person.user_id,
                domain_name=name,
                registrar="namecheap",
                expiry_date=expiry,
                **{"status": DomainStatus.ACTIVE, **more},
            )
        )


async def address(client: httpx.AsyncClient, person: Person) -> str:
    answer = await client.post(PATH, headers=person.headers)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    return url[url.index("/api/") :]


async def test_each_domain_is_a_day_in_the_calendar(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    person, other = await make_person(container), await make_person(container)
    await own(database, person, "xn--bcher-kva.de", auto_renew=False)
    await own(database, person, "first.com", ENDS - timedelta(days=9))
    await own(database, person, "gone.com", status=DomainStatus.TRANSFERRED)
    await own(database, person, "unknown.com", None)
    await own(database, other, "foreign.com")
    answer = await client.get(await address(client, person))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    events = [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    assert [(str(event["summary"]), event.start) for event in events] == [
        ("first.com renews before this day", ENDS - timedelta(days=9)),
        ("bücher.de ends", ENDS),
    ]
    assert [len(event.walk("VALARM")) for event in events] == [1, 1]
    assert len({str(event["uid"]) for event in events}) == 2


async def test_only_the_last_address_works_until_it_is_taken_back(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    person = await make_person(container)
    first, second = await address(client, person), await address(client, person)
    assert first != second
    for url, status in ((first, 404), (second, 200), (second[:-1], 404)):
        assert (await client.get(url)).status_code == status
    async with database.transaction(Subject.system()) as session:
        (feed,) = (await session.scalars(select(CalendarFeed))).all()
    assert feed.token_hash not in second
    assert (await client.delete(PATH, headers=person.headers)).status_code == 204
    gone = await client.get(second)
    assert (gone.status_code, gone.json()["code"]) == (404, "calendar_not_found")
    for without in (await client.post(PATH), await client.delete(PATH)):
        assert without.status_code == 401
