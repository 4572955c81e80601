"""A renewal fails: recovered in grace, recovered after suspension, confirmed at the bank, or lost for good."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from billing.flows.dunning.models import CaseStage
from tests.storefront import GOOD_CARD
from tests.world import World
from tests.years import CONFIRMING, DAY, FAILED, FAILING, Years


@pytest.fixture
async def years(world: World) -> AsyncIterator[Years]:
    built = Years(world)
    await built.stripe_settings(after_retries="past_due", retry_days=[1, 3, 5, 7])
    yield built
    await built.aclose()


async def test_a_failed_card_is_lost(years: Years) -> None:
    customer, license_id, key = await years.bought()
    await years.to_renewal(customer, FAILING)
    assert await years.verdict(key) == "IN_GRACE"
    case = await years.case()
    assert (case.stage, case.payment_attempts) == (CaseStage.GRACE, 1)
    assert case.next_payment_attempt_at is not None
    assert await years.count(customer, FAILED) == 1

    await years.go_to(case.opened_at + timedelta(days=12))
    assert await years.count(customer, FAILED) == 3, "day 0, 3 and 7"
    tried = await years.case()
    assert (tried.payment_attempts, tried.next_payment_attempt_at) == (5, None)
    await years.go_to(case.suspend_at - timedelta(hours=1))
    assert await years.count(customer, FAILED) == 4, "and the last day"
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("IN_GRACE", "active")

    await years.go(timedelta(hours=2))
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("SUSPENDED", "suspended")
    assert await years.count(customer, "is suspended") == 1

    await years.go_to(case.cancel_at + timedelta(hours=1))
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("CANCELLED", "suspended")
    (subscription,) = await years.world.stripe("subscriptions", status="all")
    assert subscription["status"] == "canceled"
    assert "open" not in {invoice["status"] for invoice in await years.world.stripe("invoices")}
    assert await years.count(customer, "has ended") == 1

    ended = await years.case()
    assert ended.cancelled_at is not None
    assert ended.terminate_at - ended.cancelled_at == years.world.settings.dunning_retention
    await years.go_to(ended.terminate_at - timedelta(hours=1))
    assert await years.panel_status(license_id) == "suspended"
    await years.go(timedelta(hours=2))
    assert await years.panel_status(license_id) == "terminated"
    assert [case.stage for case in await years.cases()] == [CaseStage.TERMINATED]
    subjects = await years.subjects(customer)
    await years.go(5 * DAY)
    assert await years.subjects(customer) == subjects, "nobody is told anything any more"


async def test_a_failed_card_is_recovered_after_the_suspension(years: Years) -> None:
    customer, license_id, key = await years.bought()
    before = await years.license(customer)
    await years.to_renewal(customer, FAILING)
    await years.go_to((await years.case()).suspend_at + timedelta(hours=1))
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("SUSPENDED", "suspended")

    paid = await years.confirm_open_invoice(customer, GOOD_CARD)
    assert paid.status_code == 200, paid.text
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("VALID", "active")
    after = await years.license(customer)
    assert after["status"] == "active"
    assert after["expiry_date"] > before["expiry_date"]
    assert [case.stage for case in await years.cases()] == [CaseStage.RECOVERED]
    assert await years.count(customer, "works again") == 1
    await years.go(3 * DAY)
    assert await years.count(customer, "works again") == 1
    assert await years.count(customer, FAILED) == 4


async def test_a_card_changed_in_grace_pays_at_the_next_try(years: Years) -> None:
    customer, license_id, key = await years.bought()
    await years.to_renewal(customer, FAILING)
    await years.pay_with("pm_card_visa")
    await years.go(2 * DAY)
    assert (await years.verdict(key), await years.panel_status(license_id)) == ("VALID", "active")
    assert [case.stage for case in await years.cases()] == [CaseStage.RECOVERED]
    await years.go(20 * DAY)
    assert await years.count(customer, FAILED) == 1
    assert await years.count(customer, "works again") == 0, "nothing had stopped"


async def test_the_bank_asks_and_the_customer_confirms(years: Years) -> None:
    customer, _, key = await years.bought()
    await years.to_renewal(customer, CONFIRMING)
    assert await years.count(customer, "confirm your payment") == 1
    assert await years.count(customer, FAILED) == 0
    mail = await years.world.mail(customer.email, "confirm your payment")
    assert mail is not None
    (invoice,) = [item for item in await years.own(customer, "invoices") if item["status"] == "open"]
    assert f"{years.world.settings.portal_url}/invoices/{invoice['id']}/pay" in mail["links"]
    assert await years.verdict(key) == "IN_GRACE"

    answer = await years.world.http.post(
        f"/api/v1/invoices/{invoice['id']}/payment", headers=await years.headers(customer)
    )
    secret = answer.json()["client_secret"]
    intent = secret.split("_secret_", maxsplit=1)[0]
    done = await years.world.http.post(
        f"{years.world.sandbox_url}/stripe/3ds/{intent}/complete", data={"client_secret": secret}
    )
    assert done.status_code < 400
    await years.listen()
    assert await years.verdict(key) == "VALID"
    assert [case.stage for case in await years.cases()] == [CaseStage.RECOVERED]
    again = await years.world.http.post(
        f"/api/v1/invoices/{invoice['id']}/payment", headers=await years.headers(customer)
    )
    assert (again.status_code, again.json()["code"]) == (409, "invoice_not_payable")
