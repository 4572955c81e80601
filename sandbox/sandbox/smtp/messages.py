"""From the bytes of a mail to the document that is kept."""

import base64
import html
import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import Any, Final

_HREF: Final = re.compile(r"""href\s*=\s*["'](https?://[^"']+)["']""", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"')\]]+")
_LARGEST_ATTACHMENT: Final = 2 * 1024 * 1024

Document = dict[str, Any]


def read_message(mail_id: str, received_at: int, sender: str, recipients: Sequence[str], content: bytes) -> Document:
    """The document of a mail: envelope in `to` and `from`, `text` and `html` decoded, `links` in order."""
    message = message_from_bytes(content, policy=policy.default)
    text, markup = _body(message, "plain"), _body(message, "html")
    return {
        "id": mail_id,
        "to": ", ".join(recipients),
        "recipients": list(recipients),
        "from": sender,
        "subject": str(message.get("Subject", "")),
        "text": text,
        "html": markup,
        "headers": [[name, str(value)] for name, value in message.items()],
        "attachments": [_attachment(part) for part in message.iter_attachments()],
        "links": find_links(text, markup),
        "received_at": received_at,
        "size": len(content),
    }


def find_links(text: str, markup: str) -> list[str]:
    """All http(s) addresses of both bodies, each once."""
    found = [html.unescape(link) for link in _HREF.findall(markup)]
    found += [link.rstrip(".,;:!?") for link in _URL.findall(text)]
    return list(dict.fromkeys(found))


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return _decode(part) if part is not None else ""


def _decode(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return raw.decode("utf-8", errors="replace")


def _attachment(part: MIMEPart) -> Document:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    kept = raw if len(raw) <= _LARGEST_ATTACHMENT else b""
    return {
        "filename": part.get_filename() or "attachment",
        "content_type": part.get_content_type(),
        "size": len(raw),
        "content": base64.b64encode(kept).decode(),
    }
