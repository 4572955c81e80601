"""Asking and changing: check, prices, lists, DNS, contacts, lock, privacy, transfers, glue."""

import pytest

from tests.namecheap.client import CONTACTS, NAMESPACE, ROLES, RawClient
from tests.process import SandboxProcess

DAY = 86_400


def test_check(client: RawClient) -> None:
    client.create("ours.com")
    rows = client.ok("domains.check", DomainList="free.com,taken.net,ours.com,premium.org").all("DomainCheckResult")
    assert [row["Available"] for row in rows] == ["true", "false", "false", "true"]
    assert [row["IsPremiumName"] for row in rows] == ["false", "false", "false", "true"]
    assert rows[3]["PremiumRegistrationPrice"] == "1300.0000"
    assert {row["ErrorNo"] for row in rows} == {"0"}
    (broken,) = client.ok("domains.check", DomainList="unreachable.com").all("DomainCheckResult")
    assert broken["ErrorNo"] == "3031510"


def test_one_unknown_ending_spoils_the_reply_but_not_the_body(client: RawClient) -> None:
    reply = client.call("domains.check", DomainList="free.com,athena.ae,other.net")
    assert reply.status == "ERROR"
    assert reply.errors == [("2030280", "Tld for 'athena.ae' is not found")]
    assert [row["Domain"] for row in reply.all("DomainCheckResult")] == ["free.com", "other.net"]


def test_fifty_names_at_most(client: RawClient) -> None:
    names = [f"n{number}.com" for number in range(51)]
    assert len(client.ok("domains.check", DomainList=",".join(names[:50])).results) == 50
    assert client.refused("domains.check", DomainList=",".join(names)) == "2011169"
    assert client.refused("domains.check", DomainList="") == "2010169"


def test_prices(client: RawClient) -> None:
    params = {"ProductType": "DOMAIN", "ProductCategory": "DOMAINS", "ActionName": "REGISTER"}
    reply = client.ok("users.getPricing", ProductName="COM", **params)
    assert reply.all("ProductType") == [{"Name": "domains"}]
    assert reply.all("ProductCategory") == [{"Name": "register"}]
    rows = reply.all("Price")
    assert [row["Duration"] for row in rows] == [str(years) for years in range(1, 11)]
    assert (rows[0]["Price"], rows[0]["AdditionalCost"], rows[0]["Currency"]) == ("10.08", "0.20", "USD")
    assert "YourAdditonalCost" in rows[0]
    assert client.ok("users.getPricing", ProductName="INFO", **params).all("Price")[0]["Price"] == ""
    unknown = client.ok("users.getPricing", ProductName="AE", **params)
    assert (unknown.all("ProductType"), unknown.all("Price")) == ([{"Name": "domains"}], [])
    whole = client.ok("users.getPricing", ProductType="DOMAIN").all("Product")
    assert len(whole) >= 15 * 4
    assert client.refused("users.getPricing", ProductType="PIZZA") == "2011298"


def test_the_endings(client: RawClient) -> None:
    rows = {row["Name"]: row for row in client.ok("domains.getTldList").all("Tld")}
    assert len(rows) >= 15
    assert rows["com"]["MaxRegisterYears"] == "10"


def test_not_ours(client: RawClient) -> None:
    reply = client.call("domains.getInfo", DomainName="somebody.com")
    assert reply.errors == [("2030166", "Domain is invalid")]
    assert (reply.result["ID"], reply.result["IsOwner"]) == ("0", "false")


def test_lists_are_paged_sorted_and_searched(client: RawClient, sandbox: SandboxProcess) -> None:
    for number in range(23):
        client.create(f"list-{number:02}.com")
    first = client.ok("domains.getList")
    assert [row["Name"] for row in first.all("Domain")] == [f"list-{number:02}.com" for number in range(20)]
    assert first.texts("TotalItems") == ["23"]
    assert len(client.ok("domains.getList", Page=2).all("Domain")) == 3
    assert client.ok("domains.getList", SortBy="NAME_DESC", PageSize=10).all("Domain")[0]["Name"] == "list-22.com"
    assert len(client.ok("domains.getList", SearchTerm="-07").all("Domain")) == 1
    assert client.ok("domains.getList", ListType="EXPIRED").all("Domain") == []
    sandbox.advance(340 * DAY)
    assert client.ok("domains.getList", ListType="EXPIRING").texts("TotalItems") == ["23"]
    sandbox.advance(40 * DAY)
    assert client.ok("domains.getList", ListType="EXPIRED").all("Domain")[0]["IsExpired"] == "true"
    assert client.refused("domains.getList", ListType="ODD") == "5019169"


def test_nameservers(client: RawClient) -> None:
    client.create("example.com")
    at = {"SLD": "example", "TLD": "com"}
    assert client.ok("domains.dns.getList", **at).result["IsUsingOurDNS"] == "true"
    client.ok("domains.dns.setCustom", Nameservers="ns1.x.net,NS2.x.net", **at)
    listed = client.ok("domains.dns.getList", **at)
    assert (listed.result["IsUsingOurDNS"], listed.texts("Nameserver")) == ("false", ["ns1.x.net", "ns2.x.net"])
    client.ok("domains.dns.setDefault", **at)
    assert client.ok("domains.dns.getList", **at).result["IsUsingOurDNS"] == "true"
    lost = client.call("domains.dns.setCustom", SLD="lost", TLD="com", Nameservers="ns1.x.net,ns2.x.net")
    assert lost.errors == [("2019166", "Domain name not found")]
    assert lost.result == {"Domain": "", "Updated": ""}


def test_contacts(client: RawClient) -> None:
    client.create("example.com")
    reply = client.ok("domains.getContacts", DomainName="example.com")
    assert [node.tag.removeprefix(NAMESPACE) for node in reply.results[0]] == list(ROLES)
    assert reply.texts("EmailAddress") == ["ada@customer.example"] * 4
    client.ok("domains.setContacts", DomainName="example.com", **{**CONTACTS, "AdminCity": "Tucson"})
    assert client.ok("domains.getContacts", DomainName="example.com").texts("City")[2] == "Tucson"
    for role, number in {"Registrant": 4, "Tech": 5, "Admin": 6, "AuxBilling": 7}.items():
        changed = {**CONTACTS, f"{role}City": ""}
        assert client.refused("domains.setContacts", DomainName="example.com", **changed) == f"201032{number}"


def test_the_lock(client: RawClient) -> None:
    client.create("example.com")
    assert client.ok("domains.getRegistrarLock", DomainName="example.com").result["RegistrarLockStatus"] == "true"
    client.ok("domains.setRegistrarLock", DomainName="example.com", LockAction="UNLOCK")
    assert client.ok("domains.getRegistrarLock", DomainName="example.com").result["RegistrarLockStatus"] == "false"
    assert client.refused("domains.setRegistrarLock", DomainName="example.com", LockAction="OPEN") == "2015278"


def test_privacy(client: RawClient) -> None:
    client.create("example.com", AddFreeWhoisguard="yes", WGEnabled="no")
    number = client.ok("domains.getInfo", DomainName="example.com").texts("ID")[0]
    client.ok("whoisguard.enable", WhoisguardID=number, ForwardedToEmail="ada@customer.example")
    assert client.ok("domains.getInfo", DomainName="example.com").all("Whoisguard") == [{"Enabled": "True"}]
    client.ok("whoisguard.disable", WhoisguardID=number)
    listed = client.ok("whoisguard.getlist").all("Whoisguard")
    assert [(row["ID"], row["Status"]) for row in listed] == [(number, "disabled")]
    client.ok("whoisguard.renew", WhoisguardID=number, Years=1)
    assert client.refused("whoisguard.enable", WhoisguardID="1", ForwardedToEmail="a@b.c") == "2011331"
    assert client.refused("whoisguard.enable", WhoisguardID=number, ForwardedToEmail="nobody") == "2011369"
    client.create("plain.de", DEConfirmAddress="DE", DEAgreeDelete="Yes", AddFreeWhoisguard="yes", WGEnabled="yes")
    assert client.ok("domains.getInfo", DomainName="plain.de").all("Whoisguard") == [{"Enabled": "NotAlloted"}]


def test_glue_hosts(client: RawClient) -> None:
    client.create("example.com")
    at = {"SLD": "example", "TLD": "com", "Nameserver": "ns1.example.com"}
    client.ok("domains.ns.create", IP="192.0.2.1", **at)
    client.ok("domains.ns.update", OldIP="192.0.2.1", IP="192.0.2.2", **at)
    assert client.ok("domains.ns.getInfo", **at).result["IP"] == "192.0.2.2"
    client.ok("domains.ns.delete", **at)
    assert client.refused("domains.ns.getInfo", **at) == "2019166"
    assert client.refused("domains.ns.create", IP="nowhere", **at) == "2011168"


def test_transfers_move_with_the_clock(client: RawClient, sandbox: SandboxProcess) -> None:
    before = client.balance()
    started = client.ok("domains.transfer.create", DomainName="arriving.com", Years=1, EPPCode="base64:YSZiPWM=").result
    assert (started["Transfer"], started["StatusID"], started["Domainname"]) == ("true", "-1", "arriving.com")
    assert before - client.balance() == pytest.approx(float(started["ChargedAmount"]))

    def status() -> str:
        return client.ok("domains.transfer.getStatus", TransferID=started["TransferID"]).result["StatusID"]

    assert status() == "-1"
    sandbox.advance(120)
    assert status() == "14"
    assert client.ok("domains.transfer.getList", ListType="INPROGRESS").texts("TotalItems") == ["1"]
    sandbox.advance(6 * DAY)
    assert status() == "5"
    assert client.ok("domains.transfer.getList", ListType="COMPLETED").all("Transfer")[0]["Status"] == "COMPLETED"
    assert client.ok("domains.getInfo", DomainName="arriving.com").result["IsOwner"] == "true"
    assert client.refused("domains.transfer.getStatus", TransferID="999") == "4019329"
    assert client.refused("domains.transfer.create", DomainName="a.com", EPPCode="base64:***") == "2011322"


def test_a_cancelled_transfer_is_refunded_and_can_go_again(client: RawClient, sandbox: SandboxProcess) -> None:
    before = client.balance()
    number = client.ok("domains.transfer.create", DomainName="a.com", EPPCode="wrong").result["TransferID"]
    sandbox.advance(61)
    assert client.ok("domains.transfer.getStatus", TransferID=number).result["StatusID"] == "32"
    assert client.balance() == before
    client.ok("domains.transfer.updateStatus", TransferID=number, Resubmit="true")
    assert client.balance() < before
    assert sandbox.admin.put(f"/namecheap/transfers/{number}", json={"status_id": 25}).status_code == 200
    assert client.balance() == before
    assert client.ok("domains.transfer.getList", ListType="CANCELLED").texts("TotalItems") == ["1"]
    assert sandbox.admin.put("/namecheap/transfers/999", json={"status_id": 25}).status_code == 404
