"""A customer buys a license and a domain, and everything follows by itself."""

from tests.world import DECLINED_CARD, World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}


async def test_a_paid_order_is_delivered_whole(world: World) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER, {"type": "domain", "name": "first-purchase.com"})

    assert placed["order"]["status"] == "awaiting_payment"
    assert [line["amount"] for line in placed["breakdown"]] == [29_000, 1_399]
    assert (await world.pay(placed)).status_code == 200
    order = await world.fulfilled(customer, placed["order"]["id"])

    assert order["status"] == "fulfilled"
    assert {step["kind"]: step["status"] for step in order["steps"]} == {
        "issue_license": "done",
        "provision_account": "done",
        "register_domain": "done",
        "dns_zone": "done",
        "welcome_mail": "done",
    }
    licenses = (await world.http.get("/api/v1/licenses", headers=customer.headers)).json()["items"]
    assert [found["status"] for found in licenses] == ["active"]
    domains = (await world.http.get("/api/v1/domains", headers=customer.headers)).json()["items"]
    assert [domain["domain_name"] for domain in domains] == ["first-purchase.com"]
    assert [domain["name"] for domain in await world.domains_at_registrar()] == ["first-purchase.com"]
    await world.until("welcome mail", lambda: world.mail(customer.email, "license is ready"))
    charges = [charge for charge in await world.stripe("charges") if charge["status"] == "succeeded"]
    assert [charge["amount"] for charge in charges] == [order["total_amount"]]


async def test_a_declined_card_delivers_nothing_and_a_good_one_still_can(world: World) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER)

    declined = await world.pay(placed, DECLINED_CARD)
    assert declined.status_code == 402
    assert declined.json()["error"]["code"] == "card_declined"
    assert (await world.show(customer, placed["order"]["id"]))["status"] == "awaiting_payment"

    assert (await world.pay(placed)).status_code == 200
    order = await world.fulfilled(customer, placed["order"]["id"])
    assert order["status"] == "fulfilled"
