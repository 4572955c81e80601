"""Registering, renewing, reactivating: prices, refusals, the account's money."""

from datetime import UTC, datetime

import pytest

from tests.namecheap.client import CONTACTS, NAMESPACE, RawClient
from tests.process import SandboxProcess

DAY = 86_400


def test_create_answers_as_the_service_does(client: RawClient) -> None:
    before = client.balance()
    reply = client.create(
        "example.com", Nameservers="ns1.x.net,ns2.x.net", AddFreeWhoisguard="yes", WGEnabled="yes", Years=2
    )
    result = reply.result
    assert reply.results[0].tag == f"{NAMESPACE}DomainCreateResult"
    assert (result["Domain"], result["Registered"], result["NonRealTimeDomain"]) == ("example.com", "true", "false")
    assert result["WhoisguardEnable"] == "true"
    assert result["ChargedAmount"] == "20.5600"
    assert before - client.balance() == pytest.approx(20.56)
    assert all(result[name].isdecimal() for name in ("DomainID", "OrderID", "TransactionID"))

    info = client.ok("domains.getInfo", DomainName="example.com")
    assert info.result["Status"] == "Ok"
    assert info.result["IsOwner"] == "true"
    today = datetime.now(UTC)
    assert info.texts("CreatedDate")[0] == today.strftime("%m/%d/%Y")
    assert info.texts("Nameserver") == ["ns1.x.net", "ns2.x.net"]
    assert info.all("Whoisguard") == [{"Enabled": "True"}]


def test_every_contact_field_is_required(client: RawClient) -> None:
    for missing in CONTACTS:
        params = {name: value for name, value in CONTACTS.items() if name != missing}
        reply = client.call("domains.create", DomainName="example.com", Years=1, **params)
        assert reply.errors == [("2010323", f"Parameter {missing} is Missing")]


@pytest.mark.parametrize(
    ("name", "params", "number"),
    [
        ("no-dot", {}, "2030166"),
        ("bücher.com", {}, "2030166"),
        ("example.ae", {}, "2030280"),
        ("example.com", {"Years": "0"}, "2015167"),
        ("example.com", {"Years": "eleven"}, "2015167"),
        ("example.com", {"RegistrantPhone": "6025550100"}, "2015182"),
        ("example.com", {"AdminCountry": "USA"}, "2010323"),
        ("example.com", {"TechEmailAddress": "nobody"}, "2010323"),
        ("example.com", {"Nameservers": "only-one.example"}, "2011168"),
        ("example.com", {"Nameservers": "ns1.x.net,bad_host"}, "2011168"),
        ("example.com", {"WGEnabled": "yes", "AddFreeWhoisguard": "no"}, "2033407"),
        ("example.us", {}, "2011322"),
        ("example.us", {"RegistrantNexus": "C99", "RegistrantPurpose": "P1"}, "2011322"),
        ("example.eu", {"EUAgreeWhoisPolicy": "NO", "EUAgreeDeletePolicy": "YES"}, "2011322"),
        ("xn--bcher-kva.com", {}, "2011322"),
        ("taken.com", {}, "3019166"),
        ("premium.com", {}, "2515623"),
        ("premium.com", {"IsPremiumDomain": "True", "PremiumPrice": "1.00"}, "2515610"),
        ("plain.com", {"IsPremiumDomain": "True", "PremiumPrice": "1.00"}, "2511623"),
    ],
)
def test_refused_orders_cost_nothing(client: RawClient, name: str, params: dict[str, str], number: str) -> None:
    before = client.balance()
    values = {"Years": "1", **CONTACTS, **params}
    assert client.refused("domains.create", DomainName=name, **values) == number
    assert client.balance() == before


def test_a_second_create_is_refused(client: RawClient) -> None:
    client.create("example.com")
    before = client.balance()
    assert client.refused("domains.create", DomainName="example.com", Years=1, **CONTACTS) == "3019166"
    assert client.balance() == before


def test_low_funds(client: RawClient, sandbox: SandboxProcess) -> None:
    sandbox.admin.patch("/namecheap/settings", json={"balance": 1027})
    reply = client.call("domains.create", DomainName="example.com", Years=1, **CONTACTS)
    assert reply.errors == [("2528166", "Order creation failed")]
    sandbox.admin.patch("/namecheap/settings", json={"balance": 1028})
    client.create("example.com")
    assert client.balance() == 0


def test_renewing_has_no_guard(client: RawClient) -> None:
    client.create("example.com")
    first = client.ok("domains.renew", DomainName="example.com", Years=1)
    second = client.ok("domains.renew", DomainName="example.com", Years=1)
    assert first.result["Renew"] == second.result["Renew"] == "true"
    years = [int(str(reply.texts("ExpiredDate")[0]).split("/")[2].split(" ")[0]) for reply in (first, second)]
    assert years[1] == years[0] + 1
    assert str(first.texts("ExpiredDate")[0]).endswith(("AM", "PM"))
    assert client.refused("domains.renew", DomainName="example.com", Years=9) == "2015167"
    assert client.refused("domains.renew", DomainName="not-ours.com", Years=1) == "2016166"


def test_expiry_by_the_virtual_clock(client: RawClient, sandbox: SandboxProcess) -> None:
    client.create("example.com")
    assert client.refused("domains.reactivate", DomainName="example.com") == "2020166"
    sandbox.advance(367 * DAY)
    assert client.ok("domains.getInfo", DomainName="example.com").result["Status"] == "Expired"
    assert client.refused("domains.renew", DomainName="example.com", Years=1) == "2020166"
    assert client.ok("domains.reactivate", DomainName="example.com").result["IsSuccess"] == "true"
    assert client.ok("domains.getInfo", DomainName="example.com").result["Status"] == "Ok"
    sandbox.advance((365 + 80) * DAY)
    assert client.ok("domains.check", DomainList="example.com").result["Available"] == "true"
    assert client.refused("domains.getInfo", DomainName="example.com") == "2030166"


def test_state_survives_kill(tmp_path_factory: pytest.TempPathFactory) -> None:
    process = SandboxProcess(tmp_path_factory.mktemp("state") / "sandbox.db", SANDBOX_RATE_LIMITS="0").start()
    client = RawClient(process.url)
    client.create("example.com")
    balance = client.balance()
    process.kill()
    process.start()
    assert client.ok("domains.getInfo", DomainName="example.com").result["IsOwner"] == "true"
    assert client.balance() == balance
    client.close()
    process.stop()
