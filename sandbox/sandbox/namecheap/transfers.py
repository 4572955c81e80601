"""Transfers into the account; they move on with the virtual clock.

Queued for a minute, awaiting approval for five days, then done. A code that starts with `wrong` is refused after a
minute and the money given back. The admin API can set any status.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final
from xml.etree.ElementTree import Element

from sandbox.core.context import Context
from sandbox.namecheap.account import DAY, Account, Document, add_years, day, require_tld
from sandbox.namecheap.contacts import ROLES
from sandbox.namecheap.domains import paging
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.orders import new_domain
from sandbox.namecheap.params import Params

TRANSFERS: Final = "namecheap_transfers"
_QUEUED, _AWAITING, _DONE, _WRONG_CODE, _IN_ACCOUNT = -1, 14, 5, 32, 21
_TEXTS: Final = {
    _QUEUED: "Queued for submission",
    -2: "Resubmitted",
    _AWAITING: "Transfer initiated and awaiting approval",
    _DONE: "Transferred and paid successfully",
    _WRONG_CODE: "Canceled - Invalid EPP/authorization key",
    _IN_ACCOUNT: "Canceled - Domain is already in your account",
}
_LISTS: Final[dict[str, Callable[[Document], bool]]] = {
    "ALL": lambda _: True,
    "INPROGRESS": lambda transfer: bool(transfer["open"]),
    "COMPLETED": lambda transfer: transfer["status_id"] == _DONE,
    "CANCELLED": lambda transfer: not transfer["open"] and transfer["status_id"] != _DONE,
}


class Transfers:
    """The transfers of the account, brought up to the virtual time when opened."""

    def __init__(self, context: Context, account: Account) -> None:
        self._store = context.store
        self._account = account
        for transfer in self._store.find(TRANSFERS, "open", 1):
            self._move_on(transfer)

    def create(self, params: Params) -> list[Element]:
        name, years = params.domain(), params.years(default="1")
        tld = require_tld(name)
        code = _read_code(params.get("EPPCode"))
        cents = tld.total("transfer", years)
        receipt = self._account.charge(cents)
        number = self._account.next_id("transfers", 15)
        transfer: Document = {
            "id": number,
            "name": name,
            "years": years,
            "cents": cents,
            "created_at": self._account.now,
            "changed_at": self._account.now,
            "status_id": _QUEUED,
            "open": 1,
            "wrong_code": code.startswith("wrong"),
            "order_id": receipt["OrderID"],
        }
        self._put(transfer)
        return [
            element(
                "DomainTransferCreateResult",
                Domainname=name,
                Transfer=True,
                TransferID=number,
                StatusID=_QUEUED,
                StatusCode="2",
                **receipt,
            )
        ]

    def get_status(self, params: Params) -> list[Element]:
        transfer = self._require(params)
        number, status = transfer["id"], transfer["status_id"]
        result = element("DomainTransferGetStatusResult", TransferID=number)
        result.attrib |= {"Status": text_of_status(status), "StatusID": str(status)}
        return [result]

    def update_status(self, params: Params) -> list[Element]:
        transfer = self._require(params)
        if not params.is_yes("Resubmit"):
            raise ApiFailure("2010326", "Parameter Resubmit is invalid")
        if transfer["status_id"] == _DONE:
            raise ApiFailure("4019329", "Transfer cannot be resubmitted")
        receipt = None if transfer["open"] else self._account.charge(transfer["cents"])
        transfer |= {"status_id": -2, "open": 1, "created_at": self._account.now, "wrong_code": False}
        if receipt:
            transfer["order_id"] = receipt["OrderID"]
        self._put(transfer)
        return [element("DomainTransferUpdateStatusResult", TransferID=transfer["id"], Resubmit=True)]

    def get_list(self, params: Params) -> list[Element]:
        keep = _LISTS.get(params.get("ListType", "ALL").upper())
        if keep is None:
            raise ApiFailure("5019169", "Unknown exceptions")
        term = params.get("SearchTerm").lower()
        rows = [row for row in self._store.scan(TRANSFERS) if term in row["name"] and keep(row)]
        page, size = params.page()
        result = element("TransferGetListResult")
        for row in rows[(page - 1) * size : page * size]:
            child(
                result,
                "Transfer",
                ID=row["id"],
                Domainname=row["name"],
                User=params.get("UserName"),
                TransferDate=day(row["created_at"]),
                OrderID=row["order_id"],
                StatusID=row["status_id"],
                Status="INPROGRESS" if row["open"] else "COMPLETED" if row["status_id"] == _DONE else "CANCELED",
                StatusDate=day(row["changed_at"]),
                StatusDescription=text_of_status(row["status_id"]),
            )
        return [result, paging(len(rows), page, size)]

    def force(self, number: str, status_id: int) -> bool:
        """Put a transfer into a status; False when there is no such transfer."""
        transfer = self._store.get(TRANSFERS, number)
        if transfer is None:
            return False
        self._settle(transfer, status_id)
        return True

    def _move_on(self, transfer: Document) -> None:
        age = self._account.now - transfer["created_at"]
        if self._account.get(transfer["name"]) is not None and age >= 60:
            self._settle(transfer, _IN_ACCOUNT)
        elif age >= 5 * DAY:
            self._settle(transfer, _DONE)
        elif age >= 60:
            self._settle(transfer, _WRONG_CODE if transfer["wrong_code"] else _AWAITING)

    def _settle(self, transfer: Document, status_id: int) -> None:
        is_open = status_id in {_QUEUED, -2, _AWAITING}
        if transfer["status_id"] == status_id:
            return
        transfer |= {"status_id": status_id, "open": int(is_open), "changed_at": self._account.now}
        self._put(transfer)
        if status_id == _DONE:
            self._bring_in(transfer)
        elif not is_open:
            self._account.refund(transfer["cents"])

    def _bring_in(self, transfer: Document) -> None:
        contact = {"EmailAddress": "owner@previous.test"}
        domain = new_domain(self._account, transfer["name"], 1, {role: dict(contact) for role in ROLES})
        # A transfer adds its years to what was left; half a year is as good a guess as any.
        left = self._account.now + 182 * DAY
        domain["expires_at"] = add_years(left, transfer["years"])
        self._account.put(domain)

    def _require(self, params: Params) -> Document:
        transfer = self._store.get(TRANSFERS, params.get("TransferID"))
        if transfer is None:
            raise ApiFailure("4019329", "Transfer status not available")
        return transfer

    def _put(self, transfer: Document) -> None:
        self._store.put(TRANSFERS, str(transfer["id"]), transfer)

    def commands(self) -> dict[str, Callable[[Params], list[Element]]]:
        """The handlers by command."""
        return {
            "domains.transfer.create": self.create,
            "domains.transfer.getStatus": self.get_status,
            "domains.transfer.updateStatus": self.update_status,
            "domains.transfer.getList": self.get_list,
        }


def text_of_status(status_id: Any) -> str:
    """The words for a status number."""
    return _TEXTS.get(status_id, f"Status {status_id}")


def _read_code(code: str) -> str:
    if not code:
        raise ApiFailure("2011322", "Parameter EPPCode is Missing")
    if not code.startswith("base64:"):
        return code
    try:
        return base64.b64decode(code.removeprefix("base64:"), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ApiFailure("2011322", "Parameter EPPCode is invalid") from None
