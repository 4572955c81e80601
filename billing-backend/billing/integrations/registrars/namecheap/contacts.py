"""Contacts as Namecheap's flat parameters, and back from its elements."""

from typing import Final

from billing.domains.ports import Contact, DomainContacts
from billing.integrations.registrars.namecheap.envelope import Node
from billing.integrations.registrars.namecheap.values import MalformedReply

_REQUIRED: Final = (
    ("FirstName", "first_name"),
    ("LastName", "last_name"),
    ("Address1", "address1"),
    ("City", "city"),
    ("StateProvince", "state_province"),
    ("PostalCode", "postal_code"),
    ("Country", "country"),
    ("Phone", "phone"),
    ("EmailAddress", "email"),
)
_OPTIONAL: Final = (
    ("OrganizationName", "organization"),
    ("JobTitle", "job_title"),
    ("Address2", "address2"),
    ("Fax", "fax"),
)


def contact_params(contacts: DomainContacts) -> dict[str, str]:
    """Return the parameters of all four roles."""
    roles = {
        "Registrant": contacts.registrant,
        "Tech": contacts.tech,
        "Admin": contacts.admin,
        "AuxBilling": contacts.billing,
    }
    params: dict[str, str] = {}
    for role, contact in roles.items():
        for theirs, ours in (*_REQUIRED, *_OPTIONAL):
            value = getattr(contact, ours)
            if value:
                params[role + theirs] = value
    return params


def read_contacts(response: Node) -> DomainContacts:
    """Read the answer of getContacts. Raises MalformedReply."""
    result = response.get("DomainContactsResult")
    return DomainContacts(
        registrant=_read_contact(result.get("Registrant")),
        admin=_read_contact(result.get("Admin")),
        tech=_read_contact(result.get("Tech")),
        billing=_read_contact(result.get("AuxBilling")),
    )


def _read_contact(node: Node) -> Contact:
    values = {ours: node.child_text(theirs) for theirs, ours in (*_REQUIRED, *_OPTIONAL)}
    if values["email"] is None:
        raise MalformedReply(f"<{node.name}> has no EmailAddress")
    return Contact(
        first_name=values["first_name"] or "",
        last_name=values["last_name"] or "",
        address1=values["address1"] or "",
        city=values["city"] or "",
        state_province=values["state_province"] or "",
        postal_code=values["postal_code"] or "",
        country=values["country"] or "",
        phone=values["phone"] or "",
        email=values["email"],
        organization=values["organization"],
        job_title=values["job_title"],
        address2=values["address2"],
        fax=values["fax"],
    )
