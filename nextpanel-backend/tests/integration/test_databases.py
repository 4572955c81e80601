"""Databases over HTTP, with a real PostgreSQL behind them and a billing that counts."""

import asyncio
from uuid import uuid4

import psycopg

from tests.support.panel import Panel, connect


async def test_a_database_is_created_used_listed_and_deleted(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    answer = await panel.create_database(owner, "shop")
    assert answer.status_code == 201, answer.text
    created = answer.json()
    assert (created["status"], created["quota_remaining"]) == ("active", 4)
    with connect(created) as connection:
        connection.execute("CREATE TABLE things (id int PRIMARY KEY)")
        connection.execute("INSERT INTO things VALUES (1)")
    with psycopg.connect(created["connection_uri"]) as connection:
        assert connection.execute("SELECT id FROM things").fetchall() == [(1,)]
    listed = (await panel.http.get("/api/v1/databases", headers=owner.headers)).json()
    assert [item["name"] for item in listed["items"]] == ["shop"]
    assert "password" not in listed["items"][0]
    path = f"/api/v1/databases/{created['id']}"
    assert (await panel.http.get(path, headers=owner.headers)).json()["database"] == created["database"]
    assert (await panel.http.delete(path, headers=owner.headers)).status_code == 204
    assert (await panel.http.get(path, headers=owner.headers)).status_code == 404
    assert (await panel.http.delete(path, headers=owner.headers)).status_code == 404
    assert panel.used(owner) == 0
    assert panel.real_databases(owner) == panel.real_roles(owner) == []
    assert panel.billing.licenses[owner.license_key].log == [("databases", "created"), ("databases", "deleted")]
    assert (await panel.create_database(owner, "shop")).status_code == 201


async def test_the_sixth_of_five_is_refused_with_billings_words(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    for number in range(5):
        assert (await panel.create_database(owner, f"db{number}")).status_code == 201
    refused = await panel.create_database(owner, "sixth")
    assert refused.status_code == 409
    problem = refused.json()
    assert (problem["code"], problem["detail"]) == ("QUOTA_EXCEEDED", "Database quota exceeded")
    assert problem["quota_remaining"] == 0
    assert panel.used(owner) == len(panel.real_databases(owner)) == 5
    assert (await panel.create_database(owner, "sixth")).json()["code"] == "QUOTA_EXCEEDED"


async def test_twenty_at_once_with_a_quota_of_five_make_exactly_five(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    answers = await asyncio.gather(*(panel.create_database(owner, f"db{number}") for number in range(20)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] * 5 + [409] * 15
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"QUOTA_EXCEEDED"}
    assert panel.used(owner) == len(panel.real_databases(owner)) == len(panel.real_roles(owner)) == 5
    listed = (await panel.http.get("/api/v1/databases", headers=owner.headers)).json()
    assert len(listed["items"]) == 5


async def test_the_same_name_at_once_is_made_once(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    answers = await asyncio.gather(*(panel.create_database(owner, "shop") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"database_name_taken"}
    assert panel.used(owner) == 1


async def test_an_idempotency_key_does_it_once_and_answers_the_same(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    key = str(uuid4())
    first = await panel.create_database(owner, "shop", key)
    again = await panel.create_database(owner, "shop", key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert panel.used(owner) == 1
    other = await panel.create_database(owner, "other", key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    stored = panel.query("SELECT answer FROM idempotency_records WHERE answer IS NOT NULL")
    assert first.json()["password"] not in stored[0][0]


async def test_a_key_is_the_callers_own(panel: Panel) -> None:
    one, two = await panel.new_owner(), await panel.new_owner()
    key = "the-same-key"
    mine, theirs = await panel.create_database(one, "shop", key), await panel.create_database(two, "shop", key)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["database"] != theirs.json()["database"]


async def test_five_at_once_with_one_key_make_one(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    key = str(uuid4())
    answers = await asyncio.gather(*(panel.create_database(owner, "shop", key) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"request_in_progress"}
    assert panel.used(owner) == len(panel.real_databases(owner)) == 1
    assert (await panel.create_database(owner, "shop", key)).status_code == 201


async def test_a_failed_attempt_frees_its_key(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=0)
    assert (await panel.create_database(owner, "shop", "key-1")).status_code == 409
    panel.billing.licenses[owner.license_key].maximum = 1
    assert (await panel.create_database(owner, "shop", "key-1")).status_code == 201


async def test_an_unlimited_license_says_so(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=None)
    assert (await panel.create_database(owner)).json()["quota_remaining"] is None


async def test_a_license_that_does_not_hold_creates_nothing(panel: Panel) -> None:
    owner = await panel.new_owner()
    for code in ("EXPIRED", "SUSPENDED", "CANCELLED", "FEATURE_NOT_INCLUDED"):
        panel.billing.licenses[owner.license_key].code = code
        refused = await panel.create_database(owner)
        assert refused.status_code == 403
        assert (refused.json()["code"], refused.json()["license_code"]) == ("license_refused", code)
    assert panel.used(owner) == 0
    assert panel.real_databases(owner) == []


async def test_a_suspended_account_is_told_why_before_billing_is_asked(panel: Panel) -> None:
    owner = await panel.new_owner()
    created = (await panel.create_database(owner, "before")).json()
    assert (await panel.set_status(owner, "suspend", "payment overdue")).status_code == 200
    panel.billing.calls.clear()
    refused = await panel.create_database(owner, "after")
    assert refused.status_code == 403
    problem = refused.json()
    assert (problem["code"], problem["reason"]) == ("account_suspended", "payment overdue")
    assert panel.billing.calls == []
    deletion = await panel.http.delete(f"/api/v1/databases/{created['id']}", headers=owner.headers)
    assert deletion.json()["code"] == "account_suspended"
    assert (await panel.set_status(owner, "reinstate", "paid")).status_code == 200
    assert (await panel.create_database(owner, "after")).status_code == 201


async def test_pages_are_stable_while_the_list_grows(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=10)
    for number in range(3):
        await panel.create_database(owner, f"db{number}")
    first = (await panel.http.get("/api/v1/databases?limit=2", headers=owner.headers)).json()
    await panel.create_database(owner, "later")
    path = f"/api/v1/databases?limit=2&cursor={first['next_cursor']}"
    second = (await panel.http.get(path, headers=owner.headers)).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["db0", "db1", "db2", "later"]
    assert second["next_cursor"] is None


async def test_a_bad_page_is_refused(panel: Panel) -> None:
    owner = await panel.new_owner()
    for query in ("cursor=x", "cursor=%00", "cursor=ä", "cursor=AAAA", "limit=0", "limit=201", "limit=1e9"):
        answer = await panel.http.get(f"/api/v1/databases?{query}", headers=owner.headers)
        assert answer.status_code == 422, query
        assert answer.json()["code"] in {"invalid_cursor", "validation_failed"}


async def test_another_customers_database_does_not_exist(panel: Panel) -> None:
    mine, other = await panel.new_owner(), await panel.new_owner()
    created = (await panel.create_database(mine)).json()
    path = f"/api/v1/databases/{created['id']}"
    for method in ("GET", "DELETE"):
        answer = await panel.http.request(method, path, headers=other.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "database_not_found")
    assert (await panel.http.get("/api/v1/databases", headers=other.headers)).json()["items"] == []
    assert panel.real_databases(mine) == [created["database"]]
