"""Contacts: what must be there, how it is kept, how it is shown."""

import re
from typing import Final
from xml.etree.ElementTree import Element

from sandbox.namecheap.account import Account, Document
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.params import Params

ROLES: Final = ("Registrant", "Tech", "Admin", "AuxBilling")
_REQUIRED: Final = (
    "FirstName", "LastName", "Address1", "City", "StateProvince", "PostalCode", "Country", "Phone", "EmailAddress",
)  # fmt: skip
_SHOWN: Final = (
    "OrganizationName", "JobTitle", "FirstName", "LastName", "Address1", "Address2", "City", "StateProvince",
    "StateProvinceChoice", "PostalCode", "Country", "Phone", "Fax", "EmailAddress", "PhoneExt",
)  # fmt: skip
_MISSING_AT_CREATE: Final = "2010323"
_MISSING_AT_SET: Final = {"Registrant": "2010324", "Tech": "2010325", "Admin": "2010326", "AuxBilling": "2010327"}
_PHONE: Final = re.compile(r"\+\d{1,3}\.\d{4,14}")
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def read_contacts(params: Params, *, at_create: bool) -> Document:
    """The four contacts by role. Raises ApiFailure for the first field that is missing or wrong."""
    contacts: Document = {}
    for role in ROLES:
        contact = {field: params.get(role + field) for field in _SHOWN}
        number = _MISSING_AT_CREATE if at_create else _MISSING_AT_SET[role]
        for field in _REQUIRED:
            if not contact[field]:
                raise ApiFailure(number, f"Parameter {role}{field} is Missing")
            if len(contact[field]) > 255:
                raise ApiFailure(number, f"Parameter {role}{field} is too long")
        _check_forms(role, contact, number)
        contacts[role] = contact
    return contacts


def _check_forms(role: str, contact: Document, number: str) -> None:
    if not _PHONE.fullmatch(contact["Phone"]):
        raise ApiFailure("2015182", "The contact phone is invalid. The phone number format is +NNN.NNNNNNNNNN")
    if not _COUNTRY.fullmatch(contact["Country"]):
        raise ApiFailure(number, f"Parameter {role}Country is invalid")
    if not _EMAIL.fullmatch(contact["EmailAddress"]):
        raise ApiFailure(number, f"Parameter {role}EmailAddress is invalid")


def get_contacts(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    result = element("DomainContactsResult", Domain=domain["name"], domainnameid=domain["id"])
    for role in ROLES:
        node = child(result, role, ReadOnly=False)
        for field in _SHOWN:
            child(node, field, domain["contacts"][role].get(field) or None)
    return [result]


def set_contacts(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    domain["contacts"] = read_contacts(params, at_create=False)
    account.put(domain)
    return [element("DomainSetContactResult", Domain=domain["name"], IsSuccess=True)]
