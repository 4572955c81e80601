"""The page shows what happened, to people and to programs, and trusts nothing it shows."""

import re
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import httpx
import pytest

from tests.namecheap.client import RawClient
from tests.process import SandboxProcess, free_port

PAGES = ["/", "/mails", "/events", "/domains", "/requests", "/faults"]
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}"


@pytest.fixture(scope="session")
def busy() -> Iterator[SandboxProcess]:
    """A sandbox in which something of everything has happened."""
    port = free_port()
    sandbox = SandboxProcess(SANDBOX_SMTP_PORT=str(port)).start()
    client = RawClient(sandbox.url)
    client.create("shown.com", Nameservers="ns1.x.net,ns2.x.net")
    client.close()
    message = EmailMessage()
    message["To"], message["From"] = "ada@customer.example", "billing@nextpanel.example"
    message["Subject"] = HOSTILE
    message.set_content("Text " + HOSTILE)
    message.add_alternative(f"<h1>Hello</h1>{HOSTILE}", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(message)
    stripe = {"Authorization": "Bearer sk_test_sandbox"}
    made = httpx.post(f"{sandbox.url}/stripe/v1/customers", data={"name": HOSTILE}, headers=stripe, trust_env=False)
    assert made.status_code == 200
    sandbox.admin.post("/faults", json={"vendor": "smtp", "operation": "data", "kind": "temporary_refusal"})
    yield sandbox
    sandbox.stop()


@pytest.fixture
def web(busy: SandboxProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=busy.url, timeout=60, trust_env=False, headers=BROWSER) as client:
        yield client


def mail_id(web: httpx.Client) -> str:
    found = web.get("/mails", headers={"Accept": "application/json"}).json()["items"]
    return str(found[0]["id"])


@pytest.mark.parametrize("path", PAGES)
def test_every_page(web: httpx.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert 'aria-current="page"' in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_pages_ask_nobody_else_for_anything(web: httpx.Client) -> None:
    pages = [web.get(path).text for path in PAGES] + [web.get("/assets/style.css").text]
    fetched = re.findall(r"""(?:src|href)=["']([^"']+)["']|url\(([^)]+)\)""", "".join(pages))
    addresses = {first or second for first, second in fetched}
    assert addresses
    assert all(address.startswith(("/", "#", "data:")) for address in addresses)


def test_facts_are_on_their_pages(web: httpx.Client) -> None:
    assert "shown.com" in web.get("/domains").text
    assert "ada@customer.example" in web.get("/mails").text
    assert "{{ 7 * 7 }}" in web.get("/mails").text
    assert "customer.created" in web.get("/events").text
    assert "domains.create" in web.get("/requests", params={"vendor": "namecheap"}).text
    assert "domains.create" not in web.get("/requests", params={"vendor": "stripe"}).text
    assert "temporary_refusal" in web.get("/faults").text
    overview = web.get("/").text
    assert "<dt>Customers</dt><dd>1</dd>" in overview
    assert "<dt>Domains</dt><dd>1</dd>" in overview
    assert "<dt>Mails</dt><dd>1</dd>" in overview


def test_a_mail_is_shown_in_a_cage(web: httpx.Client) -> None:
    number = mail_id(web)
    page = web.get(f"/mails/{number}").text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert re.search(r"<iframe[^>]+sandbox=", page)
    assert "allow-scripts" not in page
    body = web.get(f"/mails/{number}/body")
    assert "<h1>Hello</h1>" in body.text
    policy = body.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_json_for_programs(web: httpx.Client) -> None:
    (domain,) = web.get("/domains.json").json()["items"]
    assert (domain["name"], domain["status"], domain["nameservers"]) == (
        "shown.com",
        "active",
        ["ns1.x.net", "ns2.x.net"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", domain["expires_at"])
    events = web.get("/events.json").json()["items"]
    assert [event["type"] for event in events] == ["customer.created"]
    assert events[0]["deliveries"] == []
    programs = web.get("/mails", headers={"Accept": "*/*"}).json()["items"]
    assert set(programs[0]) == {"id", "to", "from", "subject", "text", "html", "links", "received_at"}


@pytest.mark.parametrize("path", ["/mails/none", "/mails/none.json", "/mails/none/body", "/nowhere", "/assets/../x"])
def test_what_is_not_there(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


def test_the_filter_keeps_what_was_typed(web: httpx.Client) -> None:
    page = web.get("/mails", params={"to": '"><script>', "subject": "x"}).text
    assert "<script" not in page
    assert "No mail fits the filter." in page
