"""Mail comes in by SMTP and is read back as JSON."""

import base64
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from tests.process import SandboxProcess, free_port


class Post:
    """The listener and the JSON of what it took."""

    def __init__(self, process: SandboxProcess, port: int) -> None:
        self.process = process
        self.port = port
        self.http = httpx.Client(base_url=process.url, timeout=60, trust_env=False)

    def mails(self, **params: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self.http.get("/mails", params=params).json()["items"]
        return found

    def arm(self, operation: str, kind: str, **more: object) -> None:
        body = {"vendor": "smtp", "operation": operation, "kind": kind, **more}
        assert self.process.admin.post("/faults", json=body).status_code == 201

    async def send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=self.port, start_tls=False, timeout=60)


@pytest.fixture(scope="session")
def process() -> Iterator[tuple[SandboxProcess, int]]:
    port = free_port()
    sandbox = SandboxProcess(SANDBOX_SMTP_PORT=str(port)).start()
    yield sandbox, port
    sandbox.stop()


@pytest.fixture
def post(process: tuple[SandboxProcess, int]) -> Iterator[Post]:
    sandbox, port = process
    sandbox.admin.post("/reset")
    found = Post(sandbox, port)
    yield found
    found.http.close()


def letter(to: str = "ada@customer.example", subject: str = "Welcome") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "NextPanel <billing@nextpanel.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Set up here: https://panel.example/setup?token=abc.\n")
    message.add_alternative(
        '<p>Set up <a href="https://panel.example/setup?token=abc&amp;x=1">here</a></p>', subtype="html"
    )
    return message


async def test_a_mail_is_kept_whole(post: Post) -> None:
    message = letter(subject="Willkommen, Zoë ✓")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="invoice.pdf")
    await post.send(message)
    (mail,) = post.mails()
    assert mail["to"] == "ada@customer.example"
    assert mail["from"] == "billing@nextpanel.example"
    assert mail["subject"] == "Willkommen, Zoë ✓"
    assert "Set up here" in str(mail["text"])
    assert "<p>Set up" in str(mail["html"])
    assert mail["links"] == ["https://panel.example/setup?token=abc&x=1", "https://panel.example/setup?token=abc"]
    details = post.http.get(f"/mails/{mail['id']}.json").json()
    assert ["Subject", "Willkommen, Zoë ✓"] in details["headers"]
    (attachment,) = details["attachments"]
    assert (attachment["filename"], attachment["content_type"], attachment["size"]) == (
        "invoice.pdf",
        "application/pdf",
        8,
    )
    assert base64.b64decode(attachment["content"]) == b"%PDF-1.7"


async def test_mails_are_found_by_recipient_and_subject(post: Post) -> None:
    await post.send(letter("ada@customer.example", "Welcome, Ada"))
    await post.send(letter("bob@customer.example", "Welcome, Bob"))
    await post.send(letter("ada@customer.example", "Receipt"))
    assert [mail["subject"] for mail in post.mails()] == ["Receipt", "Welcome, Bob", "Welcome, Ada"]
    assert [mail["subject"] for mail in post.mails(to="ADA@customer.example")] == ["Receipt", "Welcome, Ada"]
    assert [mail["subject"] for mail in post.mails(to="ada@customer.example", subject="welcome")] == ["Welcome, Ada"]
    assert post.mails(to="nobody@customer.example") == []


def test_odd_mail_is_taken_too(post: Post) -> None:
    with smtplib.SMTP("127.0.0.1", post.port) as smtp:
        smtp.sendmail("a@b.test", ["c@d.test", "e@f.test"], b"no headers at all")
        smtp.sendmail("a@b.test", ["c@d.test"], b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe")
        smtp.sendmail("", ["c@d.test"], b"Subject: bounce\r\n\r\n")
    mails = post.mails()
    assert [mail["subject"] for mail in mails] == ["bounce", "", ""]
    assert mails[2]["to"] == "c@d.test, e@f.test"


@pytest.mark.parametrize("operation", ["rcpt", "data"])
@pytest.mark.parametrize(("kind", "code"), [("temporary_refusal", 451), ("permanent_refusal", 550)])
async def test_refusals(post: Post, operation: str, kind: str, code: int) -> None:
    post.arm(operation, kind, match={"recipient": "ada@customer.example"})
    await post.send(letter("bob@customer.example"))
    with pytest.raises((aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused)) as caught:
        await post.send(letter())
    error = caught.value
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    assert isinstance(error, aiosmtplib.SMTPResponseException)
    assert error.code == code
    assert post.mails(to="ada@customer.example") == []
    await post.send(letter())
    assert len(post.mails(to="ada@customer.example")) == 1


async def test_a_connection_cut_after_the_mail_was_taken(post: Post) -> None:
    post.arm("data", "drop_after_data")
    with pytest.raises(aiosmtplib.SMTPException):
        await post.send(letter())
    assert len(post.mails()) == 1
    await post.send(letter())
    assert len(post.mails()) == 2
