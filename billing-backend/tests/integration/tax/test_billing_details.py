"""Customers say who stands on their invoices."""

import httpx
import pytest
from sqlalchemy import select

from billing.audit.models import AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.tax.seeds import seed_rates
from tests.factories_licenses import make_person
from tests.integration.tax.register import FRENCH, NUMBER, put_details

GERMAN = {"address_line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}


@pytest.fixture(autouse=True)
async def rates(database: Database) -> None:
    async with database.transaction(Subject.system()) as session:
        await seed_rates(session)


async def test_nobody_has_any_at_first(client: httpx.AsyncClient, container: Container) -> None:
    person = await make_person(container)
    shown = (await client.get("/api/v1/me/billing-details", headers=person.headers)).json()
    assert shown["tax"]["reason"] == "no_address"
    assert {shown[name] for name in ("company_name", "country", "vat")} == {None}


async def test_they_are_replaced_as_a_whole(client: httpx.AsyncClient, container: Container) -> None:
    person = await make_person(container)
    first = (await put_details(client, person, **FRENCH, company_name="Exemple SARL", vat_number=NUMBER)).json()
    assert first["vat"] == {
        "number": NUMBER,
        "country": "FR",
        "status": "pending",
        "checked_at": None,
        "registered_name": None,
        "registered_address": None,
    }
    assert (first["tax"]["treatment"], first["tax"]["note"][:14]) == ("reverse_charge", "Reverse charge")
    second = (await put_details(client, person, **GERMAN)).json()
    assert (second["company_name"], second["vat"], second["city"]) == (None, None, "Berlin")
    assert (second["tax"]["treatment"], second["tax"]["percentage"]) == ("taxed", "19")
    assert (await client.get("/api/v1/me", headers=person.headers)).json()["city"] == "Berlin", "one address, not two"


async def test_a_number_does_not_follow_to_another_country(client: httpx.AsyncClient, container: Container) -> None:
    person = await make_person(container)
    await put_details(client, person, **FRENCH, vat_number=NUMBER)
    await client.patch("/api/v1/me", json={"country": "IT"}, headers=person.headers)
    shown = (await client.get("/api/v1/me/billing-details", headers=person.headers)).json()
    assert (shown["tax"]["reason"], shown["tax"]["percentage"]) == ("eu_consumer", "22")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"vat_number": NUMBER}, "billing_country_missing"),
        ({"country": "US", "vat_number": "123"}, "vat_country_unknown"),
        ({"country": "FR", "vat_number": "FR40303265046"}, "vat_number_invalid"),
        ({"country": "FR", "vat_number": "IT00743110157"}, "vat_number_other_country"),
        ({"country": "fr"}, "validation_failed"),
        ({"country": "FR", "credit": 5}, "validation_failed"),
    ],
)
async def test_what_is_refused_changes_nothing(
    client: httpx.AsyncClient, container: Container, body: dict[str, object], code: str
) -> None:
    person = await make_person(container)
    answer = await put_details(client, person, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await client.get("/api/v1/me/billing-details", headers=person.headers)).json()["country"] is None


async def test_every_change_is_on_record(client: httpx.AsyncClient, container: Container, database: Database) -> None:
    person = await make_person(container)
    for _ in range(2):
        await put_details(client, person, **FRENCH, vat_number=NUMBER)
    async with database.transaction(Subject.system()) as session:
        found = select(AuditEntry).where(AuditEntry.object_id == str(person.user_id))
        (entry,) = (await session.execute(found)).scalars()
    assert (entry.action, entry.actor_user_id) == ("user.billing_details_changed", person.user_id)
    assert entry.after is not None
    assert (entry.after["vat_number"], entry.after["country"]) == (NUMBER, "FR")
