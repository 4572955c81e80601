"""One customer, order, license, subscription, domain or mail, with all that staff need to see of it."""

import uuid

import httpx

from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.notifications.service import queue_mail
from service_kit.ids import uuid7
from tests.factories_licenses import make_license, make_person
from tests.factories_orders import make_belongings, make_stuck_step
from tests.integration.admin.desk import Desk

DETAILS = {
    "customers": "user_not_found",
    "orders": "order_not_found",
    "licenses": "license_not_found",
    "subscriptions": "subscription_not_found",
    "domains": "domain_not_found",
    "mails": "mail_not_found",
}


async def test_what_is_not_there_and_who_may_not_look(container: Container, client: httpx.AsyncClient) -> None:
    staff, customer = await Desk.of(container, client, Role.SUPPORT), await Desk.of(container, client, Role.CUSTOMER)
    for path, code in DETAILS.items():
        assert await staff.refused("GET", f"{path}/{uuid.uuid4()}") == (404, code)
        assert await staff.refused("GET", f"{path}/nothing") == (422, "validation_failed")
        assert await customer.refused("GET", f"{path}/{uuid.uuid4()}") == (403, "forbidden")
    member = await make_person(container, role=Role.OWNER)
    assert await staff.refused("GET", f"customers/{member.user_id}") == (404, "user_not_found")


async def test_a_customer_with_counts(container: Container, client: httpx.AsyncClient) -> None:
    owned = await make_belongings(container)
    desk = await Desk.of(container, client, Role.SUPPORT)
    shown = await desk.get(f"customers/{owned.person.user_id}")
    assert (shown["email"], shown["full_name"], shown["is_active"]) == (owned.person.email, "Ada", True)
    assert shown["counts"] == {
        "orders": 1,
        "licenses": 1,
        "active_licenses": 1,
        "subscriptions": 1,
        "running_subscriptions": 1,
        "domains": 1,
        "invoices": 1,
        "open_invoices": 0,
        "payments": 0,
        "notes": 0,
    }
    assert shown["open_amounts"] == []
    assert shown["last_seen_at"] is not None
    assert "password_hash" not in shown


async def test_an_order_with_its_steps_and_papers(container: Container, client: httpx.AsyncClient) -> None:
    step = await make_stuck_step(container)
    desk = await Desk.of(container, client, Role.SUPPORT)
    shown = await desk.get(f"orders/{step.order_id}")
    assert shown["customer"]["id"] == str(step.user_id)
    assert [entry["kind"] for entry in shown["attention_steps"]] == [entry["kind"] for entry in shown["steps"]]
    (stuck,) = [entry for entry in shown["attention_steps"] if entry["status"] == "needs_attention"]
    assert (stuck["id"], stuck["error"]) == (str(step.id), "no panel server has room")
    owned = await make_belongings(container)
    papers = await desk.get(f"orders/{owned.order_id}")
    assert [invoice["id"] for invoice in papers["invoices"]] == [str(owned.invoice_id)]
    assert len(papers["items"]) == 1


async def test_a_license_with_its_account_and_without_its_key(container: Container, client: httpx.AsyncClient) -> None:
    owned = await make_belongings(container)
    desk = await Desk.of(container, client, Role.SUPPORT)
    answer = await desk.ask("GET", f"licenses/{owned.license_id}")
    shown = answer.json()
    assert (shown["plan_code"], shown["customer"]["email"]) == ("starter", owned.person.email)
    assert shown["usage"]["databases"] == {"used": 0, "maximum": 5, "remaining": 5}
    account = shown["panel_account"]
    assert (account["id"], account["username"], account["status"]) == (str(owned.account_id), "u1", "active")
    assert [key["id"] for key in shown["api_keys"]] == [str(owned.key_id)]
    assert shown["subscription_ids"] == [str(owned.subscription_id)]
    issued = await make_license(container)
    answer = await desk.ask("GET", f"licenses/{issued.license.id}")
    assert answer.json()["last4"] == issued.key[-4:]
    assert issued.key not in answer.text
    assert issued.license.license_key not in answer.text


async def test_a_subscription_and_a_domain(container: Container, client: httpx.AsyncClient) -> None:
    owned = await make_belongings(container)
    desk = await Desk.of(container, client, Role.SUPPORT)
    subscription = await desk.get(f"subscriptions/{owned.subscription_id}")
    assert (subscription["plan_code"], subscription["currency"]) == ("starter", "USD")
    assert [change["id"] for change in subscription["changes"]] == [str(owned.change_id)]
    assert subscription["open_change"] is None, "a quote is no change"
    domain = await desk.get(f"domains/{owned.domain_id}")
    assert (domain["registrar"], domain["registrant"], domain["operations"]) == ("namecheap", None, [])
    assert domain["customer"]["id"] == str(owned.person.user_id)
    invoice = await desk.get(f"invoices/{owned.invoice_id}")
    assert invoice["customer"]["email"] == owned.person.email


async def test_a_mail_is_shown_without_what_opens_doors(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    person = await make_person(container)
    token, order_id = "s3cr3t-Token_of-forty-three-characters-0123", uuid7()
    async with database.transaction(Subject.system()) as session:
        for key, template, context in (
            ("reset", "password_reset", {"url": f"http://p/reset?token={token}", "name": "Ada", "valid_minutes": 60}),
            (
                "welcome",
                "welcome",
                {
                    "name": "Ada",
                    "plan": "Starter",
                    "license_last4": "4WXY",
                    "setup_url": f"https://panel.example.com/setup/{token}",
                    "setup_valid_hours": 24,
                    "login_url": f"https://panel.example.com/orders/{order_id}",
                    "domain": None,
                },
            ),
        ):
            await queue_mail(
                session, key=key, template=template, user_id=person.user_id, to=person.email, context=context
            )
    desk = await Desk.of(container, client, Role.SUPPORT)
    mails = (await desk.get("mails", to=person.email))["items"]
    assert [mail["template"] for mail in mails] == ["welcome", "password_reset"]
    for mail in mails:
        shown = await desk.get(f"mails/{mail['id']}")
        assert shown["subject"] == mail["subject"]
        for body in (shown["text"], shown["html"]):
            assert "Ada" in body
            assert token not in body
            assert "•••" in body
    welcome = await desk.get(f"mails/{mails[0]['id']}")
    assert f"https://panel.example.com/orders/{order_id}" in welcome["text"]
    assert await desk.ids("mails", template="welcome", status="queued") == [mails[0]["id"]]
    assert await desk.ids("mails", status="dead") == []
