"""The few pages that are opened from a mail or the portal. They need no script and load nothing."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from nextpanel.accounts.dependencies import Accounts, ClientAddress
from nextpanel.accounts.errors import LinkNoLongerValid
from nextpanel.accounts.models import Account, TokenPurpose
from nextpanel.kit.html import alert, facts, page
from service_kit.errors import AppError
from service_kit.fields import Line, Password

router = APIRouter(include_in_schema=False)

_PASSWORD = TypeAdapter[str](Password)
_LINE = TypeAdapter[str](Line)
# What the quotas are called on the page; one we don't know yet is shown under its own name.
_QUOTAS = {
    "accounts": "Hosting accounts",
    "domains": "Domains",
    "databases": "Databases",
    "emails": "E-mail accounts",
    "storage_mb": "Storage",
}


def _problem(error: AppError) -> HTMLResponse:
    if isinstance(error, LinkNoLongerValid):
        return _dead_link()
    answer = page("That did not work", alert(f"{error.detail}."), status=error.status)
    answer.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
    return answer


def _dead_link() -> HTMLResponse:
    return page(
        "Link no longer valid",
        alert("This link was used already or is too old.")
        + "<p>If you have chosen a password, simply log in. If not, open the panel from your customer portal.</p>"
        '<a class="button" href="/login">Log in</a>',
        status=LinkNoLongerValid.status,
    )


def _setup_form(token: str, problem: str = "", *, status: int = 200) -> HTMLResponse:
    return page(
        "Choose your password",
        f"<p>It is for your control panel, and for nothing else.</p>{alert(problem)}"
        f'<form method="post" action="/setup"><input type="hidden" name="token" value="{escape(token)}">'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="new-password" minlength="10" '
        'maxlength="200" aria-describedby="length" autofocus required>'
        '<p class="hint" id="length">At least 10 characters.</p><button>Set password</button></form>',
        status=status,
    )


def _login_form(problem: str = "", *, username: str = "", status: int = 200) -> HTMLResponse:
    return page(
        "Log in",
        f'{alert(problem)}<form method="post" action="/login"><label for="username">User name or e-mail address</label>'
        f'<input id="username" name="username" value="{escape(username)}" autocomplete="username" maxlength="200" '
        'autocapitalize="none" required>'
        '<label for="password">Password</label><input id="password" name="password" type="password" '
        'autocomplete="current-password" maxlength="200" required><button>Log in</button></form>',
        status=status,
    )


def _quota(name: str, limit: object) -> str:
    if limit is None:
        return "unlimited"
    return f"{limit / 1024:g} GiB" if name == "storage_mb" and isinstance(limit, int) else str(limit)


def _account_page(account: Account) -> HTMLResponse:
    reason = account.status_reason or "no reason was given"
    notice = "" if account.is_active else alert(f"This account is {account.status}: {reason}.")
    about = {"User name": account.username, "Plan": account.plan.capitalize(), "Status": account.status.capitalize()}
    named = [name for name in _QUOTAS if name in account.quotas] + sorted(set(account.quotas) - set(_QUOTAS))
    quotas = {_QUOTAS.get(name, name): _quota(name, account.quotas[name]) for name in named}
    return page(
        "Your hosting account",
        f"{notice}{facts(about)}<h2>What your plan includes</h2>{facts(quotas)}"
        '<p class="soft">You create databases with the <a href="/docs">API</a>.</p>',
    )


@router.get("/setup/{token}")
async def setup_page(token: str, accounts: Accounts) -> HTMLResponse:
    if await accounts.is_link_valid(token, TokenPurpose.SETUP):
        return _setup_form(token)
    return _dead_link()


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
    return page(
        "Your panel is ready",
        f"<p>You log in with this user name and your new password.</p>"
        f'<p class="name">{escape(account.username)}</p><a class="button" href="/login">Log in</a>',
    )


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
        return _login_form("The user name or the password is wrong.", username=username, status=401)
    except AppError as error:
        return _login_form(f"{error.detail}.", username=username, status=error.status)
    return _account_page(account)


@router.get("/sso/{token}")
async def sso_page(token: str) -> HTMLResponse:
    # A button, because a mail scanner or a browser's prefetch that follows the link must not use it up.
    form = (
        f'<form method="post" action="/sso"><input type="hidden" name="token" value="{escape(token)}">'
        "<button>Open my panel</button></form>"
    )
    return page("Your control panel", f"<p>You come from the customer portal and need no password.</p>{form}")


@router.post("/sso")
async def sso_submit(
    accounts: Accounts, address: ClientAddress, token: Annotated[str, Form(max_length=64)]
) -> HTMLResponse:
    try:
        account = await accounts.take_link(token=token, address=address)
    except AppError as error:
        return _problem(error)
    return _account_page(account)
