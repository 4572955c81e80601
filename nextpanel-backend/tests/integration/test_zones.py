import asyncio
from typing import Any

import httpx

from tests.support.panel import Owner, Panel

SERVERS = ["ns1.panel.example", "NS2.Panel.Example."]


async def _zone(panel: Panel, owner: Owner, domain: str, servers: Any = SERVERS, **options: Any) -> httpx.Response:
    path = f"/api/v1/accounts/{owner.account_id}/zones"
    return await panel.call_as_billing(
        "POST", path, "zones:write", json={"domain": domain, "nameservers": servers}, **options
    )


async def test_a_zone_gets_its_default_records(panel: Panel) -> None:
    owner = await panel.new_owner()
    answer = await _zone(panel, owner, "Example.COM.")
    assert answer.status_code == 201
    zone = answer.json()
    assert (zone["domain"], zone["serial"]) == ("example.com", 1)
    records = [(record["name"], record["type"], record["content"]) for record in zone["records"]]
    soa = "ns1.panel.example. hostmaster.example.com. 1 10800 3600 604800 3600"
    assert records == [
        ("example.com.", "SOA", soa),
        ("example.com.", "NS", "ns1.panel.example."),
        ("example.com.", "NS", "ns2.panel.example."),
        ("example.com.", "A", "127.0.0.1"),
        ("www.example.com.", "A", "127.0.0.1"),
    ]
    listed = (await panel.http.get("/api/v1/zones", headers=owner.headers)).json()
    assert [item["domain"] for item in listed["items"]] == ["example.com"]
    detail = (await panel.http.get(f"/api/v1/zones/{zone['id']}", headers=owner.headers)).json()
    assert detail == zone
    path = f"/api/v1/accounts/{owner.account_id}/zones"
    seen = (await panel.call_as_billing("GET", path, "accounts:read")).json()
    assert seen == listed


async def test_the_same_zone_again_is_the_same_zone(panel: Panel) -> None:
    owner = await panel.new_owner()
    answers = await asyncio.gather(*(_zone(panel, owner, "example.com") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert panel.query("SELECT count(*) FROM zone_records") == [["5"]]


async def test_another_accounts_zone_is_not_taken_over(panel: Panel) -> None:
    one, two = await panel.new_owner(), await panel.new_owner()
    assert (await _zone(panel, one, "example.com")).status_code == 201
    refused = await _zone(panel, two, "EXAMPLE.com")
    assert (refused.status_code, refused.json()["code"]) == (409, "zone_taken")
    assert (await panel.http.get("/api/v1/zones", headers=two.headers)).json()["items"] == []


async def test_an_international_name_has_one_spelling(panel: Panel) -> None:
    owner = await panel.new_owner()
    assert (await _zone(panel, owner, "Größe.example")).json()["domain"] == "xn--gre-6ka8i.example"
    assert (await _zone(panel, owner, "xn--gre-6ka8i.example")).status_code == 200


NO_DOMAINS: list[Any] = [
    "",
    "localhost",
    "-a.com",
    "a-.com",
    "a..com",
    "a b.com",
    "a.com\n",
    "a\x00.com",
    "a_b.com",
    "192.0.2.1",
    "*.com",
    "x" * 64 + ".com",
    "a." * 130 + "com",
    "a.com; DROP TABLE zones",
    "$(id).com",
    "com.",
    None,
    5,
]


async def test_what_is_no_domain_name_is_refused(panel: Panel) -> None:
    owner = await panel.new_owner()
    for domain in NO_DOMAINS:
        assert (await _zone(panel, owner, domain)).status_code == 422, domain
    assert panel.query("SELECT count(*) FROM zones") == [["0"]]


async def test_bad_name_servers_are_refused(panel: Panel) -> None:
    owner = await panel.new_owner()
    bad: list[Any] = [[], ["bad name"], ["ns1"], None, "ns1.example.com", ["ns.example.com"] * 14]
    for servers in bad:
        assert (await _zone(panel, owner, "example.com", servers)).status_code == 422, servers


async def test_a_key_with_another_domain_is_refused(panel: Panel) -> None:
    owner = await panel.new_owner()
    key = {"Idempotency-Key": "order-1"}
    assert (await _zone(panel, owner, "one.example", headers=key)).status_code == 201
    assert (await _zone(panel, owner, "one.example", headers=key)).status_code == 200
    assert (await _zone(panel, owner, "two.example", headers=key)).status_code == 422
