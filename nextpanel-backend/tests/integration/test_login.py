"""The owner's side: set-up link, log-in, tokens that rotate, and the pages a browser opens."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import bcrypt
import httpx
import pytest

from service_kit.clock import FixedClock
from tests.conftest import PanelFactory
from tests.support.panel import PASSWORD, Owner, Panel


async def _token(panel: Panel) -> str:
    created, _ = await panel.create_account()
    token: str = created.json()["setup_url"].rsplit("/", 1)[1]
    return token


async def _try_login(panel: Panel, name: str, password: str = PASSWORD) -> httpx.Response:
    form = {"grant_type": "password", "username": name, "password": password}
    return await panel.http.post("/api/v1/auth/token", data=form)


async def test_the_setup_link_sets_the_password_once(panel: Panel) -> None:
    created, _ = await panel.create_account()
    token = created.json()["setup_url"].rsplit("/", 1)[1]
    assert (await _try_login(panel, created.json()["username"])).status_code == 401
    answers = await asyncio.gather(
        *(panel.http.post("/api/v1/setup", json={"token": token, "password": PASSWORD}) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410]
    assert (await _try_login(panel, created.json()["username"])).status_code == 200
    late = await panel.http.post("/api/v1/setup", json={"token": token, "password": "another pass phrase"})
    assert (late.status_code, late.json()["code"]) == (410, "link_no_longer_valid")


async def test_the_setup_link_dies_after_72_hours(panel: Panel, clock: FixedClock) -> None:
    early, late = await _token(panel), await _token(panel)
    clock.advance(timedelta(hours=71, minutes=59))
    assert (await panel.http.post("/api/v1/setup", json={"token": early, "password": PASSWORD})).status_code == 200
    clock.advance(timedelta(minutes=1))
    assert (await panel.http.post("/api/v1/setup", json={"token": late, "password": PASSWORD})).status_code == 410
    page = await panel.http.get(f"/setup/{late}")
    assert (page.status_code, 'href="/login"' in page.text) == (410, True)


async def test_a_bad_password_does_not_use_the_link_up(panel: Panel) -> None:
    token = await _token(panel)
    bad: list[Any] = ["2 short", "", "x" * 201, "with\nnewline", "nul\x00byte-here", 12345678901, None, ["a list"]]
    for password in bad:
        refused = await panel.http.post("/api/v1/setup", json={"token": token, "password": password})
        assert refused.status_code == 422
        assert not password or str(password) not in refused.text
    assert (await panel.http.post("/api/v1/setup", json={"token": token, "password": PASSWORD})).status_code == 200


async def test_a_browser_without_script_gets_through_setup_and_login(panel: Panel) -> None:
    created, _ = await panel.create_account(user_email="ada@example.com", plan='<script>alert("x")</script>')
    page = await panel.http.get(created.json()["setup_url"])
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    token = re.findall(r'name="token" value="([^"]+)"', page.text)[0]
    short = await panel.http.post("/setup", data={"token": token, "password": "short"})
    assert (short.status_code, "10 to 200 characters" in short.text) == (422, True)
    done = await panel.http.post("/setup", data={"token": token, "password": PASSWORD})
    assert (done.status_code, created.json()["username"] in done.text) == (200, True)
    assert (await panel.http.post("/setup", data={"token": token, "password": PASSWORD})).status_code == 410
    assert (await panel.http.get("/login")).status_code == 200
    wrong = await panel.http.post("/login", data={"username": "ada@example.com", "password": "wrong password"})
    assert (wrong.status_code, "is wrong" in wrong.text) == (401, True)
    assert 'value="ada@example.com"' in wrong.text, "what was typed stays"
    hostile = await panel.http.post("/login", data={"username": '"><script>', "password": "wrong password"})
    assert (hostile.status_code, "<script" in hostile.text) == (401, False)
    inside = await panel.http.post("/login", data={"username": "ada@example.com", "password": PASSWORD})
    assert inside.status_code == 200
    assert "&lt;script&gt;" in inside.text
    assert "<script" not in inside.text


async def test_the_portals_button_opens_the_account_once(panel: Panel) -> None:
    owner = await panel.new_owner(quotas={"crons": 2, "emails": None, "storage_mb": 10240})
    link = (await panel.call_as_billing("POST", f"/api/v1/accounts/{owner.account_id}/sso", "accounts:sso")).json()
    assert (await panel.http.get(link["url"])).status_code == 200
    page = await panel.http.get(link["url"])
    token = re.findall(r'name="token" value="([^"]+)"', page.text)[0]
    opened = await panel.http.post("/sso", data={"token": token})
    assert (opened.status_code, owner.username in opened.text) == (200, True)
    assert "<dt>Storage</dt><dd>10 GiB</dd>" in opened.text
    assert "<dt>E-mail accounts</dt><dd>unlimited</dd>" in opened.text
    assert "<dt>crons</dt><dd>2</dd>" in opened.text, "a quota without a name of its own"
    assert (await panel.http.post("/sso", data={"token": token})).status_code == 410


async def test_login_by_user_name_or_by_an_unshared_address(panel: Panel) -> None:
    owner = await panel.new_owner(user_email="Ada@Example.com")
    assert (await _try_login(panel, owner.username.upper())).status_code == 200
    assert (await _try_login(panel, "ada@example.com")).status_code == 200
    await panel.new_owner(user_email="ada@example.com")
    assert (await _try_login(panel, "ada@example.com")).status_code == 401
    assert (await _try_login(panel, owner.username)).status_code == 200


async def test_wrong_and_unknown_are_told_alike_and_cost_alike(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost is one bcrypt comparison each; counting them says more than a stopwatch on a busy machine."""
    owner = await panel.new_owner()
    compared: list[bytes] = []
    real = bcrypt.checkpw

    def counting(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return real(password, hashed)

    monkeypatch.setattr("service_kit.passwords.bcrypt.checkpw", counting)
    for name in (owner.username, "u_nobody"):
        answer = await _try_login(panel, name, "wrong password")
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    assert len(compared) == 2
    assert len({hashed.split(b"$")[2] for hashed in compared}) == 1


async def test_guessing_is_slowed_down_and_success_starts_over(panel: Panel, clock: FixedClock) -> None:
    owner, other = await panel.new_owner(), await panel.new_owner()
    for _ in range(9):
        assert (await _try_login(panel, owner.username, "wrong password")).status_code == 401
    assert (await _try_login(panel, owner.username)).status_code == 200
    for _ in range(10):
        assert (await _try_login(panel, owner.username, "wrong password")).status_code == 401
    limited = await _try_login(panel, owner.username)
    assert (limited.status_code, limited.json()["code"]) == (429, "rate_limited")
    assert 0 < int(limited.headers["retry-after"]) <= 901
    assert (await _try_login(panel, other.username)).status_code == 200
    clock.advance(timedelta(minutes=15))
    assert (await _try_login(panel, owner.username)).status_code == 200


async def test_one_address_cant_try_many_names(panel_factory: PanelFactory) -> None:
    async with panel_factory(login_attempts_per_minute_and_ip="5") as panel:
        codes = [(await _try_login(panel, f"name{number}")).status_code for number in range(7)]
        assert codes == [401] * 5 + [429] * 2
        setup = await panel.http.post("/api/v1/setup", json={"token": "x" * 43, "password": PASSWORD})
        assert setup.status_code == 429


async def test_the_access_token_lives_fifteen_minutes(panel: Panel, clock: FixedClock) -> None:
    owner = await panel.new_owner()
    clock.advance(timedelta(minutes=14, seconds=59))
    assert (await panel.http.get("/api/v1/me", headers=owner.headers)).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert (await panel.http.get("/api/v1/me", headers=owner.headers)).status_code == 401


async def _refresh(panel: Panel, token: str) -> httpx.Response:
    return await panel.http.post("/api/v1/auth/refresh", json={"refresh_token": token})


async def test_refresh_rotates_and_a_copy_ends_the_session(panel: Panel) -> None:
    owner = await panel.new_owner()
    second = (await _refresh(panel, owner.refresh_token)).json()
    headers = {"Authorization": f"Bearer {second['access_token']}"}
    assert (await panel.http.get("/api/v1/me", headers=headers)).status_code == 200
    assert (await _refresh(panel, owner.refresh_token)).status_code == 401
    assert (await _refresh(panel, second["refresh_token"])).status_code == 401
    for dead in (headers, owner.headers):
        assert (await panel.http.get("/api/v1/me", headers=dead)).status_code == 401


async def test_two_refreshes_at_once_give_at_most_one_pair(panel: Panel) -> None:
    owner = await panel.new_owner()
    answers = await asyncio.gather(*(_refresh(panel, owner.refresh_token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_refresh_token_lives_seven_days(panel: Panel, clock: FixedClock) -> None:
    owner = await panel.new_owner()
    clock.advance(timedelta(days=7))
    assert (await _refresh(panel, owner.refresh_token)).status_code == 401


async def test_log_out_ends_the_session_and_no_other(panel: Panel) -> None:
    owner = await panel.new_owner()
    elsewhere = await panel.log_in(Owner(owner.account_id, owner.license_id, owner.license_key, owner.username))
    assert (await panel.http.post("/api/v1/auth/logout", headers=owner.headers)).status_code == 204
    assert (await panel.http.get("/api/v1/me", headers=owner.headers)).status_code == 401
    assert (await _refresh(panel, owner.refresh_token)).status_code == 401
    assert (await panel.http.get("/api/v1/me", headers=elsewhere.headers)).status_code == 200


async def test_a_terminated_owner_is_out_at_once(panel: Panel) -> None:
    owner = await panel.new_owner()
    await panel.set_status(owner, "terminate", "license cancelled")
    assert (await panel.http.get("/api/v1/me", headers=owner.headers)).status_code == 401
    assert (await _try_login(panel, owner.username)).status_code == 401


async def test_a_suspended_owner_may_look_and_sees_why(panel: Panel) -> None:
    owner = await panel.new_owner()
    await panel.set_status(owner, "suspend", "payment overdue")
    me = (await panel.http.get("/api/v1/me", headers=owner.headers)).json()
    assert (me["status"], me["status_reason"]) == ("suspended", "payment overdue")
    assert (await _try_login(panel, owner.username)).status_code == 200


BAD_FORMS: list[dict[str, str]] = [
    {},
    {"username": "x"},
    {"username": "a\x00b", "password": "p"},
    {"username": "x" * 100_000, "password": "p"},
    {"username": "x", "password": "p" * 100_000},
    {"username": "x", "password": "p", "grant_type": "client_credentials"},
]


async def test_a_bad_login_form_is_refused(panel: Panel) -> None:
    for form in BAD_FORMS:
        answer = await panel.http.post("/api/v1/auth/token", data=form)
        assert answer.status_code == 422, form
        assert answer.headers["content-type"] == "application/problem+json"


async def test_strange_names_just_do_not_log_in(panel: Panel) -> None:
    await panel.new_owner()
    for name in ("' OR 1=1 --", "u%00", "ünï", "u\u202egpj", "💥" * 50, "../../etc/passwd"):
        assert (await _try_login(panel, name)).status_code == 401, name
