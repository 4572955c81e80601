"""The few pages that are opened from a mail or the portal. They need no script and load nothing."""

import base64
import hashlib
from html import escape
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from nextpanel.accounts.dependencies import Accounts, ClientAddress
from nextpanel.accounts.models import Account, TokenPurpose
from service_kit.errors import AppError
from service_kit.fields import Line, Password

router = APIRouter(include_in_schema=False)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem;color:#1a1a2e}"
    "label{display:block;margin:1rem 0 .25rem}input{width:100%;box-sizing:border-box;padding:.6rem;font:inherit}"
    "button{margin-top:1.25rem;padding:.6rem 1.2rem;font:inherit;cursor:pointer}dt{font-weight:600}"
    "[role=alert]{color:#b00020}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PASSWORD = TypeAdapter[str](Password)
_LINE = TypeAdapter[str](Line)


def _page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · NextPanel</title><style>{_STYLE}</style>"
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
    )
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": _POLICY})


def _problem(error: AppError) -> HTMLResponse:
    page = _page("That did not work", f'<p role="alert">{escape(error.detail)}.</p>', status=error.status)
    page.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
    return page


def _setup_form(token: str, alert: str = "", *, status: int = 200) -> HTMLResponse:
    notice = f'<p role="alert">{escape(alert)}</p>' if alert else ""
    return _page(
        "Choose your password",
        f'{notice}<form method="post" action="/setup"><input type="hidden" name="token" value="{escape(token)}">'
        '<label for="password">Password, at least 10 characters</label>'
        '<input id="password" name="password" type="password" autocomplete="new-password" minlength="10" '
        'maxlength="200" required><button>Set password</button></form>',
        status=status,
    )


def _login_form(alert: str = "", *, status: int = 200) -> HTMLResponse:
    notice = f'<p role="alert">{escape(alert)}</p>' if alert else ""
    return _page(
        "Log in",
        f'{notice}<form method="post" action="/login"><label for="username">User name</label>'
        '<input id="username" name="username" autocomplete="username" maxlength="200" required>'
        '<label for="password">Password</label><input id="password" name="password" type="password" '
        'autocomplete="current-password" maxlength="200" required><button>Log in</button></form>',
        status=status,
    )


def _account_page(account: Account) -> HTMLResponse:
    facts = {
        "User name": account.username,
        "Plan": account.plan,
        "Status": account.status if account.is_active else f"{account.status}: {account.status_reason or ''}",
        **{f"Quota: {name}": "unlimited" if limit is None else str(limit) for name, limit in account.quotas.items()},
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    hint = '<p>Create databases with the <a href="/docs">API</a>.</p>'
    return _page("Your hosting account", f"<dl>{rows}</dl>{hint}")


@router.get("/setup/{token}")
async def setup_page(token: str, accounts: Accounts) -> HTMLResponse:
    if await accounts.is_link_valid(token, TokenPurpose.SETUP):
        return _setup_form(token)
    return _page("Link no longer valid", '<p role="alert">This link was used already or is too old.</p>', status=410)


@router.post("/setup")
async def setup_submit(
    accounts: Accounts,
    address: ClientAddress,
    token: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1000)],
) -> HTMLResponse:
    try:
        checked = _PASSWORD.validate_python(password)
    except ValidationError:
        return _setup_form(token, "The password needs 10 to 200 characters.", status=422)
    try:
        account = await accounts.set_up(token=token, password=checked, address=address)
    except AppError as error:
        return _problem(error)
    name = escape(account.username)
    return _page("You are set up", f'<p>Your user name is <b>{name}</b>.</p><p><a href="/login">Log in</a></p>')


@router.get("/login")
async def login_page() -> HTMLResponse:
    return _login_form()


@router.post("/login")
async def login_submit(
    accounts: Accounts,
    address: ClientAddress,
    username: Annotated[str, Form(max_length=1000)],
    password: Annotated[str, Form(max_length=1000)],
) -> HTMLResponse:
    try:
        name = _LINE.validate_python(username)
        account = await accounts.check_credentials(name=name, password=password, address=address)
    except ValidationError:
        return _login_form("The user name or the password is wrong.", status=401)
    except AppError as error:
        return _login_form(f"{error.detail}.", status=error.status)
    return _account_page(account)


@router.get("/sso/{token}")
async def sso_page(token: str) -> HTMLResponse:
    # A button, because a mail scanner or a browser's prefetch that follows the link must not use it up.
    form = (
        f'<form method="post" action="/sso"><input type="hidden" name="token" value="{escape(token)}">'
        "<button>Open my account</button></form>"
    )
    return _page("NextPanel", form)


@router.post("/sso")
async def sso_submit(
    accounts: Accounts, address: ClientAddress, token: Annotated[str, Form(max_length=64)]
) -> HTMLResponse:
    try:
        account = await accounts.take_link(token=token, address=address)
    except AppError as error:
        return _problem(error)
    return _account_page(account)
