"""API keys: a secret key for everything, a publishable one for what a customer's browser may do."""

import base64
import binascii
import hmac
from dataclasses import dataclass

from starlette.requests import Request

from sandbox.settings import Settings
from sandbox.stripe.errors import StripeError
from sandbox.stripe.form import Tree
from sandbox.stripe.resource import Operation

_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth"
    " (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we"
    " can help at https://support.stripe.com/."
)
_NOT_ENOUGH = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your"
    " API keys at https://dashboard.stripe.com/account/apikeys."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the account itself, or a browser with the publishable key."""

    public: bool

    def check_allowed(self, operation: Operation) -> None:
        """Raise StripeError when a publishable key is not enough."""
        if self.public and not operation.public:
            raise StripeError(401, _NOT_ENOUGH, code="secret_key_required")


def authenticate(settings: Settings, request: Request, tree: Tree) -> Caller:
    """Take the key from the header (Bearer or Basic) or, as Stripe.js sends it, from the form. Raises
    StripeError.
    """
    key = _from_header(request.headers.get("authorization")) or tree.pop("key", None)
    if not isinstance(key, str) or not key:
        raise StripeError(401, _NO_KEY)
    if hmac.compare_digest(key.encode(), settings.stripe_secret_key.encode()):
        return Caller(public=False)
    if hmac.compare_digest(key.encode(), settings.stripe_publishable_key.encode()):
        return Caller(public=True)
    raise StripeError(401, f"Invalid API Key provided: {_masked(key)}")


def _from_header(value: str | None) -> str | None:
    scheme, _, rest = (value or "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded.partition(":")[0]


def _masked(key: str) -> str:
    visible = key[:8] if key.startswith(("sk_test_", "sk_live_", "pk_test_", "rk_test_")) else key[:3]
    return f"{visible}{'*' * max(4, len(key) - len(visible) - 4)}{key[-4:] if len(key) > 12 else ''}"
