"""Turn a template and its values into subject, text and HTML.

One file a mail: it is rendered twice, with the HTML and with the text version of the same layout and parts, so the
plain-text twin can't drift. Values are data: nothing in them is ever evaluated or passed through unescaped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from billing.kit.money import Money

_ROOT = Path(__file__).parent / "templates"
_LONGEST_SUBJECT = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
DEFAULT_LOCALE = "en"

# What each mail is told. Amounts are `Money`, times aware datetimes, days dates; None where something is absent.
VARIABLES: Mapping[str, frozenset[str]] = {
    "verify_email": frozenset({"url", "valid_hours"}),
    "account_exists": frozenset({"login_url", "reset_url"}),
    "password_reset": frozenset({"name", "url", "valid_minutes"}),
    "password_changed": frozenset({"name", "changed_at", "reset_url"}),
    "staff_invited": frozenset({"name", "role", "url", "valid_hours"}),
    "email_change": frozenset({"url", "valid_hours"}),
    "email_changed": frozenset({"name", "new_email", "changed_at"}),
    "welcome": frozenset({"name", "plan", "license_last4", "setup_url", "setup_valid_hours", "login_url", "domain"}),
    # lines: a list of {"description": str, "amount": Money}
    "receipt": frozenset({"name", "order_number", "lines", "total", "paid_at", "order_url"}),
    "domain_registered": frozenset({"name", "domain", "expires_on", "auto_renew", "nameservers", "domain_url"}),
    "domain_refunded": frozenset({"name", "domain", "amount", "reason", "is_renewal", "order_url"}),
    # renews_on: None when it does not renew by itself; amount: of one more year, before tax
    "domain_expiring": frozenset({"name", "domain", "expires_on", "renews_on", "amount", "domain_url"}),
    # retry_on: None when nothing more will be tried
    "domain_renewal_failed": frozenset(
        {"name", "domain", "expires_on", "reason", "retry_on", "domain_url", "cards_url"}
    ),
    "domain_renewed": frozenset({"name", "domain", "expires_on", "auto_renew", "domain_url"}),
    # next_attempt_at: None when nothing more will be tried
    "payment_failed": frozenset(
        {"name", "description", "amount", "next_attempt_at", "pay_url", "suspend_at", "cancel_at"}
    ),
    "payment_confirmation": frozenset({"name", "description", "amount", "pay_url", "suspend_at", "cancel_at"}),
    # amount: None when the invoice is not known any more
    "license_suspended": frozenset({"name", "license", "amount", "pay_url", "cancel_at"}),
    "license_reinstated": frozenset({"name", "license", "paid_until", "portal_url"}),
    "subscription_ended": frozenset({"name", "license", "unpaid", "terminate_at", "shop_url"}),
    "account_terminated": frozenset({"name", "license", "support_url"}),
    # facts: a list of (label, value)
    "staff_notice": frozenset({"title", "text", "facts", "url"}),
    # amount: what is charged then, before tax; has_card: whether there is a card to charge
    "trial_ending": frozenset({"name", "plan", "ends_at", "amount", "interval", "has_card", "portal_url"}),
    # over: a list of str, what is used beyond the plan
    "plan_changed": frozenset({"name", "plan", "over", "licenses_url"}),
    # sent with the invoice as PDF; lines as of the receipt; paid: None when all came from the customer's credit
    "invoice_paid": frozenset({"name", "number", "lines", "total", "paid", "credit", "paid_at", "invoice_url"}),
    # number: of the credit note that goes with it; None where there was no invoice to correct
    "refund_issued": frozenset({"name", "amount", "number", "note"}),
    "refund_returned": frozenset({"name", "amount"}),
    "dispute_changed": frozenset({"is_open", "amount", "customer", "reason", "status", "evidence_due_at", "admin_url"}),
    "refund_failed": frozenset({"amount", "customer", "reason", "admin_url"}),
    "order_needs_attention": frozenset({"order_number", "step", "error", "admin_url"}),
}


@dataclass(frozen=True, slots=True)
class RenderedMail:
    subject: str
    text: str
    html: str


class UnknownMail(ValueError):
    """No such template, or its values are not the ones it declares: a mistake of the caller."""


def _one_line(value: str) -> str:
    return " ".join(_CONTROL.sub(" ", value).split())


def _clean(value: object) -> object:
    """Return the value with every string in it on one line and without control characters."""
    if isinstance(value, str):
        return _one_line(value)
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _instant(value: datetime) -> str:
    at = value.astimezone(UTC)
    return f"{_day(at)}, {at:%H:%M} UTC"


def _money(value: Money) -> str:
    return str(value)


def _environment(kind: str, *, autoescape: bool) -> Environment:
    loader: BaseLoader = ChoiceLoader([FileSystemLoader(_ROOT / kind), FileSystemLoader(_ROOT / "mails")])
    environment = ImmutableSandboxedEnvironment(
        loader=loader, autoescape=autoescape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(one_line=_one_line, day=_day, instant=_instant, money=_money)
    return environment


_HTML = _environment("html", autoescape=True)
_TEXT = _environment("text", autoescape=False)


def _path(template: str, locale: str) -> str:
    language = locale.split("-", maxsplit=1)[0].lower()
    if re.fullmatch(r"[a-z]{2,3}", language) and (_ROOT / "mails" / language / f"{template}.jinja").is_file():
        return f"{language}/{template}.jinja"
    return f"{DEFAULT_LOCALE}/{template}.jinja"


def render(template: str, context: Mapping[str, object], *, locale: str = DEFAULT_LOCALE) -> RenderedMail:
    """Return the finished mail; raises `UnknownMail` when `context` isn't exactly what `VARIABLES` declares."""
    declared = VARIABLES.get(template)
    if declared is None:
        raise UnknownMail(f"no mail template {template!r}")
    given = set(context)
    if declared != given:
        raise UnknownMail(f"{template}: missing {sorted(declared - given)}, unknown {sorted(given - declared)}")
    clean = {name: _clean(value) for name, value in context.items()}
    path = _path(template, locale)
    text = _TEXT.get_template(path)
    subject = "".join(text.blocks["subject"](text.new_context(clean)))
    body = re.sub(r"\n{3,}", "\n\n", text.render(clean)).strip() + "\n"
    html = _HTML.get_template(path).render(clean)
    return RenderedMail(subject=_one_line(subject)[:_LONGEST_SUBJECT], text=body, html=html)
