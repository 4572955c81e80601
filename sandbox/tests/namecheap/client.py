"""A client that sends what it is told and reads XML with case and namespace as they are on the wire."""

from typing import Any
from xml.etree.ElementTree import Element, fromstring

import httpx

NAMESPACE = "{http://api.namecheap.com/xml.response}"
ACCESS = {"ApiUser": "sandbox", "ApiKey": "sandbox-key", "UserName": "sandbox", "ClientIp": "127.0.0.1"}
ROLES = ("Registrant", "Tech", "Admin", "AuxBilling")
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
CONTACTS = {role + name: value for role in ROLES for name, value in PERSON.items()}


class Reply:
    """An envelope: `status`, `errors` as (number, text), and the elements of the CommandResponse."""

    def __init__(self, body: bytes) -> None:
        self.root = fromstring(body)  # noqa: S314 - written by our own sandbox
        self.status = self.root.attrib["Status"]
        self.errors = [(node.attrib["Number"], node.text) for node in self.root.iter(f"{NAMESPACE}Error")]
        self.command = self.root.findtext(f"{NAMESPACE}RequestedCommand")
        response = self.root.find(f"{NAMESPACE}CommandResponse")
        self.results: list[Element] = [] if response is None else list(response)

    @property
    def result(self) -> dict[str, str]:
        """Attributes of the only result."""
        return dict(self.results[0].attrib)

    def texts(self, name: str) -> list[str | None]:
        """Texts of all elements of this name."""
        return [node.text for node in self.root.iter(NAMESPACE + name)]

    def all(self, name: str) -> list[dict[str, str]]:
        """Attributes of all elements of this name."""
        return [dict(node.attrib) for node in self.root.iter(NAMESPACE + name)]


class RawClient:
    """Form POSTs unless told otherwise."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def raw(self, params: dict[str, Any], method: str = "POST") -> httpx.Response:
        """Send exactly these parameters."""
        path = "/namecheap/xml.response"
        return self._http.get(path, params=params) if method == "GET" else self._http.post(path, data=params)

    def call(self, command: str, **params: Any) -> Reply:
        """Send a command with good access parameters; an application error is a reply too."""
        answer = self.raw({**ACCESS, "Command": f"namecheap.{command}", **params})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        return Reply(answer.content)

    def ok(self, command: str, **params: Any) -> Reply:
        """Like call(), and it must succeed."""
        reply = self.call(command, **params)
        assert reply.status == "OK", reply.errors
        assert reply.errors == []
        return reply

    def refused(self, command: str, **params: Any) -> str:
        """Like call(), and it must be refused; returns the number."""
        reply = self.call(command, **params)
        assert reply.status == "ERROR"
        return reply.errors[0][0]

    def create(self, name: str, **params: Any) -> Reply:
        """Register a domain for Ada."""
        return self.ok("domains.create", DomainName=name, **{"Years": 1, **CONTACTS, **params})

    def balance(self) -> float:
        return float(self.ok("users.getBalances").result["AvailableBalance"])
