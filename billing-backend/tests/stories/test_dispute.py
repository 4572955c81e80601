"""A customer's bank asks for the money back: staff hear of it, the order shows it, nothing is switched off."""

from typing import Any

from billing.accounts.permissions import Role
from billing.flows.reconcile.books import import_movements
from billing.ledger.models import Account
from tests.books import assert_books_are_stripes
from tests.factories_licenses import make_person
from tests.storefront import Customer
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}


async def shown_status(world: World, customer: Customer, order_id: str) -> str | None:
    status: str | None = (await world.show(customer, order_id))["dispute_status"]
    return status


async def at_bank(world: World, path: str, **body: Any) -> dict[str, Any]:
    answer = await world.http.post(f"{world.sandbox_url}/admin/stripe/disputes{path}", json=body)
    assert answer.status_code < 300, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_dispute_is_told_and_shown_and_suspends_nothing(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    order = await world.buy(customer, STARTER)
    assert order["dispute_status"] is None
    (intent,) = [found for found in await world.stripe("payment_intents") if found["status"] == "succeeded"]
    dispute = await at_bank(world, "", payment_intent=intent["id"])

    async def is_shown() -> bool:
        return await shown_status(world, customer, order["id"]) == "needs_response"

    await world.until("the order shows it", is_shown)
    opened = await world.until("staff hear of it", lambda: world.mail(staff.email, "Dispute opened"))
    assert "$290.00" in opened["subject"]
    (license_row,) = (await world.http.get("/api/v1/licenses", headers=customer.headers)).json()["items"]
    assert license_row["status"] == "active"

    await at_bank(world, f"/{dispute['id']}/lose")

    async def is_lost() -> bool:
        return await shown_status(world, customer, order["id"]) == "lost"

    await world.until("the order shows the verdict", is_lost)
    await world.until("staff hear of the verdict", lambda: world.mail(staff.email, "Dispute closed"))
    await world.drain()
    subjects = [mail["subject"] for mail in await world.mails(staff.email)]
    assert len([subject for subject in subjects if "Dispute" in subject]) == 2
    (license_row,) = (await world.http.get("/api/v1/licenses", headers=customer.headers)).json()["items"]
    assert license_row["status"] == "active"
    listed = (await world.http.get("/api/v1/admin/disputes", headers=staff.headers)).json()["items"]
    assert [(row["status"], row["order_id"]) for row in listed] == [("lost", order["id"])]

    # What the bank keeps is lost, the fee came with the dispute, and cash is what Stripe has for us.
    accounts = await assert_books_are_stripes(world)
    assert (accounts[Account.WRITE_OFFS], accounts.get(Account.DISPUTES, 0)) == (29_000, 0)
    assert await import_movements(world.worker, None) == 0, "nothing is left for the import"
