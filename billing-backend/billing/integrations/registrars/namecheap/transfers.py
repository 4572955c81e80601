"""Transfers into the account."""

import base64
import re
from typing import Final

from billing.domains.ports import Transfer, TransferRequest, TransferState
from billing.integrations.registrars.namecheap.envelope import Node
from billing.integrations.registrars.namecheap.orders import read_charge
from billing.integrations.registrars.namecheap.transport import Transport
from billing.integrations.registrars.namecheap.values import (
    MalformedReply,
    read_bool,
    read_integer,
)

_DONE: Final = frozenset({5})
_PAYMENT_PROBLEM: Final = frozenset({6, 7})
_CANCELLED: Final = frozenset({-4, 2, 4, 8, *range(15, 28), *range(30, 35), 36, 37, 45, *range(48, 52)})
_PLAIN_CODE: Final = re.compile(r"[A-Za-z0-9]+")


async def transfer_in(transport: Transport, request: TransferRequest) -> Transfer:
    """Send domains.transfer.create once."""
    params = {
        "DomainName": request.name,
        "Years": str(request.years),
        "EPPCode": _encode(request.auth_code),
        "AddFreeWhoisguard": "yes" if request.privacy else "no",
        "WGenable": "yes" if request.privacy else "no",
    }
    return await transport.call("domains.transfer.create", params, _read_create, charging=True)


async def transfer_status(transport: Transport, transfer_id: str) -> Transfer:
    """Ask for one transfer by its id."""
    return await transport.call("domains.transfer.getStatus", {"TransferID": transfer_id}, _read_status)


async def resubmit(transport: Transport, transfer_id: str) -> None:
    """Send a transfer that was held up on its way again, after its cause is gone."""
    params = {"TransferID": transfer_id, "Resubmit": "true"}
    await transport.call(
        "domains.transfer.updateStatus",
        params,
        lambda response: response.get("DomainTransferUpdateStatusResult"),
    )


async def find_transfer(transport: Transport, name: str) -> Transfer | None:
    """Return the newest transfer of exactly this name, or None."""
    params = {"ListType": "ALL", "SearchTerm": name, "PageSize": "100", "Page": "1"}
    return await transport.call("domains.transfer.getList", params, lambda response: _read_list(response, name))


def state_of(status_id: int) -> TransferState:
    """Group Namecheap's status numbers. One that is not known is waiting: it has not ended as far as we can tell."""
    if status_id in _DONE:
        return TransferState.DONE
    if status_id in _PAYMENT_PROBLEM:
        return TransferState.PAYMENT_PROBLEM
    if status_id in _CANCELLED:
        return TransferState.CANCELLED
    return TransferState.WAITING


def _encode(code: str) -> str:
    if _PLAIN_CODE.fullmatch(code):
        return code
    return "base64:" + base64.b64encode(code.encode()).decode()


def _read_create(response: Node) -> Transfer:
    result = response.get("DomainTransferCreateResult")
    # Older replies have no `Transfer` attribute; the id then says that it was accepted.
    if read_bool(result.attribute("Transfer")) is False:
        raise MalformedReply("Transfer is not true")
    state = state_of(_status_id(result))
    return Transfer(result.require("TransferID"), state, result.attribute("Status") or "accepted", read_charge(result))


def _read_status(response: Node) -> Transfer:
    result = response.get("DomainTransferGetStatusResult")
    return Transfer(result.require("TransferID"), state_of(_status_id(result)), result.attribute("Status") or "")


def _read_list(response: Node, name: str) -> Transfer | None:
    rows = [
        row
        for row in response.get("TransferGetListResult").children("Transfer")
        if (row.attribute("DomainName") or "").lower() == name
    ]
    if not rows:
        return None
    newest = max(rows, key=_transfer_number)
    return Transfer(
        str(_transfer_number(newest)),
        state_of(_status_id(newest)),
        newest.attribute("StatusDescription", "Status") or "",
    )


def _transfer_number(row: Node) -> int:
    return read_integer(row.require("TransferID", "ID"))


def _status_id(node: Node) -> int:
    return read_integer(node.require("StatusID"))
