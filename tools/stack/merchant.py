"""What billing asks a merchant to set in Stripe's dashboard, set at the sandbox."""

import httpx

from stack.layout import StackError

_TIMEOUT_SECONDS = 5.0
# Billing's dunning ends what stays unpaid, at the time the customer was told.
WANTED = {"after_retries": "past_due"}


def _settings_url(sandbox_url: str) -> str:
    return f"{sandbox_url}/admin/stripe/billing-settings"


def set_merchant(sandbox_url: str) -> None:
    """Set what a new sandbox has otherwise. Raises StackError."""
    try:
        httpx.put(_settings_url(sandbox_url), json=WANTED, timeout=_TIMEOUT_SECONDS).raise_for_status()
    except httpx.HTTPError as error:
        raise StackError(f"the sandbox did not take its settings: {error}") from error


def check_merchant(sandbox_url: str) -> str:
    """Say how it is set. Raises StackError when it is not as wanted, and httpx.HTTPError."""
    answer = httpx.get(_settings_url(sandbox_url), timeout=_TIMEOUT_SECONDS).raise_for_status()
    outcome = answer.json()["after_retries"]
    if outcome != WANTED["after_retries"]:
        raise StackError(f"after the last retry it does {outcome!r} with a subscription; `make up` sets it right")
    return "leaves unpaid subscriptions past due"
