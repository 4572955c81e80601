"""A client written by strangers against the real service works unchanged."""

import pytest
from namecheap import Api, ApiError  # type: ignore[import-untyped] # the package has no types

from tests.process import SandboxProcess

PERSON = {
    "FirstName": "Ada",
    "LastName": "Lovelace",
    "Address1": "1 Analytical Way",
    "City": "Phoenix",
    "StateProvince": "AZ",
    "PostalCode": "85001",
    "Country": "US",
    "Phone": "+1.6025550100",
    "EmailAddress": "ada@customer.example",
}


@pytest.fixture
def api(sandbox: SandboxProcess) -> Api:
    client = Api("sandbox", "sandbox-key", "sandbox", "127.0.0.1", sandbox=True, debug=False)
    client.endpoint = f"{sandbox.url}/namecheap/xml.response"
    return client


def test_the_life_of_a_domain(api: Api) -> None:
    assert api.domains_check(["free.com", "taken.com"]) == {"free.com": True, "taken.com": False}
    api.domains_create("free.com", years=1, WhoisGuard=True, **PERSON)
    assert api.domains_check("free.com") is False
    with pytest.raises(ApiError) as caught:
        api.domains_create("free.com", **PERSON)
    assert caught.value.number == "3019166"
    contacts = api.domains_getContacts("free.com")
    assert contacts["Registrant"]["FirstName"] == "Ada"
    assert contacts["AuxBilling"]["PhoneExt"] is None


def test_lists_are_walked_page_by_page(api: Api) -> None:
    for number in range(25):
        api.domains_create(f"list-{number:02}.com", **PERSON)
    names = [row["Name"] for row in api.domains_getList(PageSize=10, SortBy="NAME")]
    assert names == [f"list-{number:02}.com" for number in range(25)]


def test_host_records_and_delegation(api: Api) -> None:
    api.domains_create("free.com", **PERSON)
    records = [
        {"HostName": "@", "RecordType": "A", "Address": "192.0.2.1", "MXPref": 10, "TTL": 1800},
        {"HostName": "www", "RecordType": "CNAME", "Address": "free.com.", "MXPref": 10, "TTL": 60},
    ]
    api.domains_dns_setHosts("free.com", records)
    api.domains_dns_addHost(
        "free.com", {"RecordType": "TXT", "HostName": "t", "Address": "v=1", "MXPref": 10, "TTL": 1800}
    )
    found = {(row["Name"], row["Type"], row["Address"]) for row in api.domains_dns_getHosts("free.com")}
    assert found == {("@", "A", "192.0.2.1"), ("www", "CNAME", "free.com."), ("t", "TXT", "v=1")}
    api.domains_dns_setCustom("free.com", {"Nameservers": "ns1.x.net,ns2.x.net"})
    with pytest.raises(ApiError) as caught:
        api.domains_dns_setHosts("free.com", records)
    assert caught.value.number == "2030288"
    api.domains_dns_setDefault("free.com")
    assert len(api.domains_dns_getHosts("free.com")) == 3


def test_a_refused_stranger(api: Api) -> None:
    api.ApiKey = "wrong"
    with pytest.raises(ApiError) as caught:
        api.domains_check("free.com")
    assert caught.value.number == "1011102"
