"""Mails as they come out: complete, escaped, and never evaluating what they are told."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.factories_notifications import SAMPLES

from billing.kit.money import Money
from billing.notifications import rendering
from billing.notifications.rendering import VARIABLES, UnknownMail, render

MAILS = Path(rendering.__file__).parent / "templates" / "mails" / "en"
EVIL = "{{ 7*7 }}{% include 'x' %}<script>alert(1)</script>\"'&\r\nBcc: eve@example.com\x00\x1b\u2028"


class _Reader(HTMLParser):
    """Collects what a reader sees, the links, and the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.seen.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], "a tag was left open"
    return reader


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, Money):
        yield str(value)


def _poisoned(value: object) -> object:
    if isinstance(value, str):
        return value + EVIL
    if isinstance(value, list):
        return [_poisoned(item) for item in value]
    if isinstance(value, dict):
        return {key: _poisoned(item) for key, item in value.items()}
    return value


def test_every_template_is_declared_and_sampled() -> None:
    assert {path.stem for path in MAILS.glob("*.jinja")} == set(VARIABLES) == set(SAMPLES)


@pytest.mark.parametrize("template", sorted(VARIABLES))
def test_text_and_html_say_the_same(template: str) -> None:
    mail = render(template, SAMPLES[template])
    html = _read(mail.html)
    seen = " ".join(" ".join(html.seen).split())
    # Codes and numbers are put into words; everything else must be there literally.
    for value in _strings({k: v for k, v in SAMPLES[template].items() if k != "reason"}):
        assert value in mail.text, value
        assert value in seen or value in html.links, value
    assert mail.subject
    assert "\n" not in mail.subject
    assert "<" not in mail.text
    assert "\n\n\n" not in mail.text
    assert "{{" not in mail.text + mail.html
    assert set(html.links) == set(re.findall(r"https?://\S+", mail.text))


@pytest.mark.parametrize("template", sorted(VARIABLES))
def test_what_customers_typed_is_only_ever_shown(template: str) -> None:
    context = {name: _poisoned(value) for name, value in SAMPLES[template].items()}
    mail = render(template, context)
    clean = _read(render(template, SAMPLES[template]).html)
    html = _read(mail.html)
    assert html.tags == clean.tags
    assert len(html.links) == len(clean.links)
    assert all(link.startswith("https://") for link in html.links)
    assert "49" not in mail.text.replace("{{ 7*7 }}", "")
    for part in (mail.subject, mail.text, mail.html):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", part)
    assert "\n" not in mail.subject
    assert not re.search(r"^Bcc:", mail.text, re.MULTILINE)


def test_a_caller_that_tells_too_little_or_too_much_is_told() -> None:
    with pytest.raises(UnknownMail, match="missing \\['url'\\]"):
        render("verify_email", {"valid_hours": 48})
    with pytest.raises(UnknownMail, match="unknown \\['password'\\]"):
        render("verify_email", {**SAMPLES["verify_email"], "password": "x"})
    with pytest.raises(UnknownMail, match="no mail template"):
        render("../../etc/passwd", {})


@pytest.mark.parametrize("locale", ["en", "en-GB", "de-CH", "../../..", "", "xx"])
def test_an_unknown_language_falls_back(locale: str) -> None:
    sample = SAMPLES["verify_email"]
    assert render("verify_email", sample, locale=locale) == render("verify_email", sample)


def test_what_is_absent_leaves_no_hole() -> None:
    welcome = render("welcome", {**SAMPLES["welcome"], "name": None, "setup_url": None, "domain": None})
    assert "None" not in welcome.text + welcome.html
    assert welcome.text.startswith("Welcome to NextPanel\n\nHello,\n")
    assert "https://panel.example/login" in _read(welcome.html).links
    assert "72 hours" not in welcome.text
    domain = render("domain_registered", {**SAMPLES["domain_registered"], "nameservers": []})
    assert "Name servers" not in domain.text + domain.html
    failed = render("payment_failed", {**SAMPLES["payment_failed"], "next_attempt_at": None})
    assert "not try again by ourselves" in failed.text
    assert "20 November 2026" in render("payment_failed", SAMPLES["payment_failed"]).text


def test_a_reason_is_put_into_words_and_a_new_one_is_left_out() -> None:
    taken = " ".join(render("domain_refunded", SAMPLES["domain_refunded"]).text.split())
    assert "Somebody else registered it" in taken
    new = render("domain_refunded", {**SAMPLES["domain_refunded"], "reason": "something_new"})
    assert "something_new" not in new.text + new.html
    assert "$12.99" in new.subject
    renewal = render("domain_refunded", {**SAMPLES["domain_refunded"], "is_renewal": True, "reason": "already_renewed"})
    assert "could not be renewed" in renewal.subject
    assert "It was renewed already" in " ".join(renewal.text.split())


def test_a_domain_that_nears_its_end_says_what_comes_of_it() -> None:
    renews = render("domain_expiring", SAMPLES["domain_expiring"])
    ends = render("domain_expiring", {**SAMPLES["domain_expiring"], "renews_on": None})
    assert renews.subject == "ada.example renews on 22 October 2027"
    assert ends.subject == "ada.example ends on 20 November 2027"
    assert "we charge $17.99" in " ".join(renews.text.split())
    failed = " ".join(render("domain_renewal_failed", SAMPLES["domain_renewal_failed"]).text.split())
    last = render("domain_renewal_failed", {**SAMPLES["domain_renewal_failed"], "retry_on": None, "reason": "new"})
    assert "your card was declined" in failed
    assert "try again on 13 November 2027" in failed
    assert "This was our last try" in " ".join(last.text.split())


def test_money_and_times_are_written_out() -> None:
    receipt = render("receipt", SAMPLES["receipt"])
    assert "  Starter, yearly: $290.00\n  ada.example, 1 year: $12.99\n  Total: $302.99\n" in receipt.text
    changed = " ".join(render("password_changed", SAMPLES["password_changed"]).text.split())
    assert "20 November 2026, 12:30 UTC" in changed


def test_a_long_subject_is_cut() -> None:
    mail = render("domain_registered", {**SAMPLES["domain_registered"], "domain": "a" * 400})
    assert len(mail.subject) == 200
