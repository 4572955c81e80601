"""A VAT number is looked up in the background; the answer is kept, and no silence is taken for one."""

from datetime import timedelta

import httpx
import pytest

from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from billing.tax.actions.check_vat import backoff
from billing.tax.models import VatStatus
from billing.tax.numbers import VatNumber
from billing.tax.ports import VatRegistry, VatRegistryUnavailable
from service_kit.clock import FixedClock
from tests.factories_licenses import make_person
from tests.integration.tax.register import FRENCH, NUMBER, Vies, checks_of, put_details, run_enqueued, sweep

FRENCH_NUMBER = VatNumber("FR", NUMBER)


async def test_a_verdict_with_its_evidence(worker: Container, vies: Vies, clock: FixedClock) -> None:
    await vies.enter(NUMBER, valid=True, name="SARL EXEMPLE", address="1 RUE DE LA PAIX\n75002 PARIS")
    answer = await worker.get(VatRegistry).check(FRENCH_NUMBER)
    assert (answer.valid, answer.answered_at) == (True, clock.now())
    assert (answer.name, answer.address) == ("SARL EXEMPLE", "1 RUE DE LA PAIX 75002 PARIS")
    assert answer.consultation_number is not None
    asked = (await vies.questions())[0]["parameters"]
    assert asked == {
        "countryCode": "FR",
        "vatNumber": "40303265045",
        "requesterMemberStateCode": "DE",
        "requesterNumber": "136695976",
    }


async def test_greece_is_asked_by_its_own_letters_and_germany_tells_no_names(worker: Container, vies: Vies) -> None:
    greek = await worker.get(VatRegistry).check(VatNumber("GR", "EL094259216"))
    assert (greek.valid, (await vies.questions())[0]["parameters"]["countryCode"]) == (True, "EL")
    german = await worker.get(VatRegistry).check(VatNumber("DE", "DE136695976"))
    assert (german.valid, german.name, german.address) == (True, None, None)


async def test_a_number_that_no_register_would_take_is_not_valid(worker: Container, vies: Vies) -> None:
    answer = await worker.get(VatRegistry).check(VatNumber("FR", "FR!"))
    assert (answer.valid, answer.consultation_number) == (False, None)
    assert len(await vies.questions()) == 1


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("unavailable", "MS_UNAVAILABLE"),
        ("busy", "MS_MAX_CONCURRENT_REQ"),
        ("service_unavailable", "SERVICE_UNAVAILABLE"),
        ("timeout", "TIMEOUT"),
        ("blocked", "IP_BLOCKED"),
        ("error_500", "INTERNAL_ERROR"),
        ("error_429", "GLOBAL_MAX_CONCURRENT_REQ"),
        ("html_503", "not JSON, status 503"),
        ("drop", "RemoteProtocolError"),
        ("slow", "ReadTimeout"),
    ],
)
async def test_no_failure_is_taken_for_a_verdict(worker: Container, vies: Vies, kind: str, told: str) -> None:
    await vies.fault(kind, seconds=2 if kind == "slow" else 0)
    with pytest.raises(VatRegistryUnavailable) as caught:
        await worker.get(VatRegistry).check(FRENCH_NUMBER)
    assert told in str(caught.value) or (kind == "drop" and "ReadError" in str(caught.value))
    assert caught.value.after == (30 if kind == "error_429" else None)


async def test_it_is_asked_again_ever_more_rarely_until_it_answers(
    client: httpx.AsyncClient, worker: Container, queue: RecordingQueue, vies: Vies, clock: FixedClock
) -> None:
    person = await make_person(worker)
    await vies.fault("unavailable", times=3)
    assert (await put_details(client, person, **FRENCH, vat_number=NUMBER)).status_code == 200
    await run_enqueued(worker, queue)
    for minutes in (1, 2, 4):
        (check,) = await checks_of(worker, person.user_id)
        assert (check.status, check.last_error) == (VatStatus.PENDING, "MS_UNAVAILABLE")
        assert check.next_attempt_at == clock.now() + timedelta(minutes=minutes)
        assert await sweep(worker, queue) == 0, "not before its time"
        clock.advance(timedelta(minutes=minutes))
        assert await sweep(worker, queue) == 1
    (check,) = await checks_of(worker, person.user_id)
    assert (check.status, check.attempts, check.last_error, check.next_attempt_at) == (VatStatus.VALID, 4, None, None)
    assert check.answered_at == clock.now()
    assert await sweep(worker, queue) == 0


async def test_a_worker_that_dies_with_a_question_leaves_it_to_the_next(
    client: httpx.AsyncClient, worker: Container, queue: RecordingQueue, vies: Vies, clock: FixedClock
) -> None:
    person = await make_person(worker)
    await put_details(client, person, **FRENCH, vat_number=NUMBER)
    (message,) = [message for message in queue.messages if message.task == "tax.check_vat"]
    queue.messages.clear()
    assert message.args == (str((await checks_of(worker, person.user_id))[0].id),)
    assert await sweep(worker, queue) == 1, "the message was lost, the row was not"
    assert (await checks_of(worker, person.user_id))[0].status is VatStatus.VALID


def test_the_longest_pause_is_a_setting(settings: Settings) -> None:
    pauses = [backoff(settings, attempts) for attempts in (1, 2, 3, 9, 10, 1000)]
    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 256, 360, 360)]


async def test_who_enters_a_refuted_number_again_has_it_looked_up_again(
    client: httpx.AsyncClient, worker: Container, queue: RecordingQueue, vies: Vies
) -> None:
    person = await make_person(worker)
    await vies.enter(NUMBER, valid=False)
    await put_details(client, person, **FRENCH, vat_number=NUMBER)
    await run_enqueued(worker, queue)
    shown = (await put_details(client, person, **FRENCH, vat_number=NUMBER)).json()
    assert (shown["vat"]["status"], shown["tax"]["reason"]) == ("invalid", "no_rate"), "until there is a new answer"
    await vies.enter(NUMBER, valid=True)
    await run_enqueued(worker, queue)
    assert [check.status for check in await checks_of(worker, person.user_id)] == [VatStatus.INVALID, VatStatus.VALID]
    await put_details(client, person, **FRENCH, vat_number=NUMBER)
    assert len(await checks_of(worker, person.user_id)) == 2, "a valid number is not asked about each time"


async def test_staff_see_what_waits_and_can_have_it_asked_at_once(
    client: httpx.AsyncClient, worker: Container, queue: RecordingQueue, vies: Vies
) -> None:
    person, staff = await make_person(worker), await make_person(worker, role=Role.BILLING_ADMIN)
    await vies.fault("busy")
    await put_details(client, person, **FRENCH, vat_number=NUMBER)
    await run_enqueued(worker, queue)
    pending = {"status": "pending"}
    listed = (await client.get("/api/v1/admin/vat-checks", params=pending, headers=staff.headers)).json()
    (check,) = listed["items"]
    assert (check["vat_number"], check["attempts"], check["last_error"]) == (NUMBER, 1, "MS_MAX_CONCURRENT_REQ")

    retry = f"/api/v1/admin/vat-checks/{check['id']}/retry"
    assert (await client.post(retry, headers=staff.headers)).status_code == 200
    await run_enqueued(worker, queue)
    listed = (await client.get("/api/v1/admin/vat-checks", params=pending, headers=staff.headers)).json()
    assert listed["items"] == []
    again = (await client.post(retry, headers=staff.headers)).json()
    assert (again["status"], again["id"] != check["id"]) == ("pending", True), "an answer is evidence and stays"


async def test_a_number_no_register_knows_of_is_not_asked_about(
    client: httpx.AsyncClient, worker: Container, queue: RecordingQueue, vies: Vies
) -> None:
    person, staff = await make_person(worker), await make_person(worker, role=Role.BILLING_ADMIN)
    await put_details(client, person, country="NO", vat_number="995525828 MVA")
    await run_enqueued(worker, queue)
    (check,) = await checks_of(worker, person.user_id)
    assert (check.status, await vies.questions()) == (VatStatus.UNCHECKED, [])
    answer = await client.post(f"/api/v1/admin/vat-checks/{check.id}/retry", headers=staff.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "vat_check_not_checkable")
