"""The look of the few pages of our own: one card, light and dark, no script, nothing loaded."""

import base64
import hashlib
from html import escape
from pathlib import Path

from fastapi.responses import HTMLResponse

_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """Return a page with `body` as its HTML below the heading; `title` is plain text."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)} · NextPanel</title><style>{_STYLE}</style></head>"
        '<body><header><span aria-hidden="true">N</span>NextPanel</header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": _POLICY})


def alert(text: str) -> str:
    """Return a plain text as the HTML of a notice, or nothing for an empty one."""
    return f'<p role="alert">{escape(text)}</p>' if text else ""


def facts(rows: dict[str, str]) -> str:
    """Return plain names and values as the HTML of a list."""
    return f"<dl>{''.join(f'<div><dt>{escape(name)}</dt><dd>{escape(rows[name])}</dd></div>' for name in rows)}</dl>"
