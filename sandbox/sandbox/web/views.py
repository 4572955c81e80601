"""What the pages and the JSON answers show, read from the store."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sandbox.core.context import Context
from sandbox.namecheap.account import DOMAINS, Account
from sandbox.smtp.server import MAILS

Document = dict[str, Any]

EVENTS: Final = "stripe_event"
DELIVERIES: Final = "stripe_delivery"
LIMIT: Final = 200
_MAIL_FIELDS: Final = ("id", "to", "from", "subject", "text", "html", "links")
_COUNTED: Final[Mapping[str, str]] = {
    "stripe_customer": "Customers",
    "stripe_subscription": "Subscriptions",
    "stripe_invoice": "Invoices",
    "stripe_payment_intent": "Payment intents",
    "stripe_refund": "Refunds",
    "stripe_dispute": "Disputes",
    EVENTS: "Stripe events",
    DELIVERIES: "Webhook deliveries",
    DOMAINS: "Domains",
    MAILS: "Mails",
}


def iso(seconds: int) -> str:
    """Virtual UTC seconds as RFC 3339."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def readable(seconds: int) -> str:
    """Virtual UTC seconds for people."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: int) -> str:
    """A length of time for people: `14 days, 2:00:00`."""
    return str(timedelta(seconds=seconds))


def counts(context: Context) -> list[tuple[str, int]]:
    """Title and number of what matters, in a fixed order."""
    return [(title, context.store.count(collection)) for collection, title in _COUNTED.items()]


def list_mails(context: Context, *, to: str = "", subject: str = "", limit: int = LIMIT) -> list[Document]:
    """Newest first; `to` equals a recipient, `subject` is contained; neither minds case."""
    found: list[Document] = []
    for mail in context.store.browse(MAILS):
        recipients = [address.lower() for address in mail["recipients"]]
        if (to and to.lower() not in recipients) or subject.lower() not in mail["subject"].lower():
            continue
        found.append(mail)
        if len(found) == limit:
            break
    return found


def mail_facts(mail: Document) -> Document:
    """A mail for a list, without headers and attachments."""
    return {name: mail[name] for name in _MAIL_FIELDS} | {"received_at": iso(mail["received_at"])}


def mail_details(mail: Document) -> Document:
    """A mail with everything; attachments as base64."""
    return mail_facts(mail) | {name: mail[name] for name in ("recipients", "headers", "attachments", "size")}


def get_mail(context: Context, mail_id: str) -> Document | None:
    """One mail, or None."""
    return context.store.get(MAILS, mail_id)


def list_domains(context: Context) -> list[Document]:
    """The registrar's domains as `/domains.json` has them, newest first."""
    account = Account(context)
    return [_domain_facts(account, domain) for domain in context.store.scan(DOMAINS)]


def _domain_facts(account: Account, domain: Document) -> Document:
    status = "active"
    if domain["pending_until"] > account.now:
        status = "pending"
    elif account.is_expired(domain):
        status = "expired"
    return {
        "name": domain["name"],
        "status": status,
        "created_at": iso(domain["created_at"]),
        "expires_at": iso(domain["expires_at"]),
        "nameservers": domain["nameservers"],
        "privacy": bool(domain["privacy"] and domain["privacy"]["enabled"]),
        "locked": domain["locked"],
        "registrant": domain["contacts"]["Registrant"].get("EmailAddress", ""),
    }


def list_events(context: Context, limit: int = LIMIT) -> list[Document]:
    """Stripe events, newest first, each with its deliveries."""
    return [_event_facts(context, event) for event in context.store.scan(EVENTS, limit=limit)]


def _event_facts(context: Context, event: Document) -> Document:
    deliveries = context.store.find(DELIVERIES, "event", event["id"])
    subject = event.get("data", {}).get("object", {})
    return {
        "id": event["id"],
        "type": event["type"],
        "created": event["created"],
        "created_at": iso(event["created"]),
        "object": subject.get("object"),
        "object_id": subject.get("id"),
        "page": subject.get("hosted_invoice_url"),
        "deliveries": [
            {
                "id": delivery["id"],
                "state": delivery["state"],
                "attempts": delivery["attempts"],
                "last_status": delivery["last_status"],
                "last_error": delivery["last_error"],
            }
            for delivery in deliveries
        ],
    }
