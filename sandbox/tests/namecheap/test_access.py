"""Who is let in, in which order things are checked, and the limits."""

import pytest

from tests.namecheap.client import ACCESS, RawClient, Reply
from tests.process import SandboxProcess

COMMAND = {"Command": "namecheap.users.getBalances"}


@pytest.mark.parametrize(
    ("changes", "number", "text"),
    [
        ({"ApiUser": ""}, "1010101", "Parameter APIUser is missing"),
        ({"ApiUser": "", "ApiKey": "", "ClientIp": ""}, "1010101", "Parameter APIUser is missing"),
        ({"ApiKey": ""}, "1010102", "Parameter APIKey is missing"),
        ({"ApiKey": "x", "ClientIp": ""}, "1011102", "API Key is invalid or API access has not been enabled"),
        ({"ApiUser": "x"}, "1011102", "API Key is invalid or API access has not been enabled"),
        ({"ClientIp": ""}, "1010105", "Parameter ClientIP is missing"),
        ({"ClientIp": "localhost"}, "1011105", "Parameter ClientIP is invalid"),
        ({"ClientIp": "::1"}, "1011105", "Parameter ClientIP is invalid"),
        ({"UserName": "x"}, "1019103", "UserName is not available"),
        ({"Command": ""}, "1010104", "Parameter Command is missing"),
        ({"Command": "namecheap.domains.steal"}, "1011104", "Parameter Command is invalid"),
    ],
)
def test_refusals(client: RawClient, changes: dict[str, str], number: str, text: str) -> None:
    reply = Reply(client.raw({**ACCESS, **COMMAND, **changes}).content)
    assert (reply.status, reply.errors, reply.results) == ("ERROR", [(number, text)], [])


def test_the_source_address_counts_not_the_parameter(client: RawClient, sandbox: SandboxProcess) -> None:
    sandbox.admin.patch("/namecheap/settings", json={"allowed_ips": ["203.0.113.5"]})
    reply = Reply(client.raw({**ACCESS, **COMMAND, "ClientIp": "203.0.113.5"}).content)
    assert reply.errors == [("1011150", "Invalid request IP: 127.0.0.1")]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_parameters_by_query_or_form_in_any_case(client: RawClient, method: str) -> None:
    params = {
        "apiuser": "sandbox",
        "APIKEY": "sandbox-key",
        "Username": "sandbox",
        "ClientIP": "192.0.2.1",
        "command": "NAMECHEAP.USERS.GETBALANCES",
    }
    reply = Reply(client.raw(params, method).content)
    assert reply.status == "OK"
    assert reply.command == "namecheap.users.getbalances"


def test_the_21st_call_in_a_minute_is_an_html_405(client: RawClient, sandbox: SandboxProcess) -> None:
    sandbox.admin.patch("/namecheap/settings", json={"rate_limits": True})
    for _ in range(20):
        assert client.raw({**ACCESS, **COMMAND}).status_code == 200
    answer = client.raw({**ACCESS, **COMMAND})
    assert answer.status_code == 405
    assert answer.headers["content-type"].startswith("text/html")
    sandbox.advance(61)
    assert client.raw({**ACCESS, **COMMAND}).status_code == 200


def test_700_an_hour(client: RawClient, sandbox: SandboxProcess) -> None:
    sandbox.admin.patch("/namecheap/settings", json={"rate_limits": True})
    answered = 0
    for _ in range(36):
        answered += sum(client.raw({**ACCESS, **COMMAND}).status_code == 200 for _ in range(20))
        sandbox.advance(61)
    assert answered == 700


def test_secrets_are_masked_in_the_journal(client: RawClient, sandbox: SandboxProcess) -> None:
    client.call("domains.transfer.create", DomainName="a.com", EPPCode="very-secret-code")
    found = sandbox.admin.get("/journal", params={"vendor": "namecheap"}).text
    assert "domains.transfer.create" in found
    assert "sandbox-key" not in found
    assert "very-secret-code" not in found


@pytest.mark.parametrize("body", [{"balance": -1}, {"balance": "much"}, {"allowed_ips": "all"}, {"unknown": 1}])
def test_the_admin_refuses_nonsense(sandbox: SandboxProcess, body: dict[str, object]) -> None:
    assert sandbox.admin.patch("/namecheap/settings", json=body).status_code == 400
