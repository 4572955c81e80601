"""API keys: a secret key for everything, a publishable one for what a customer's browser may do, restricted ones
for what they were made for.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from sandbox.core.context import Context
from sandbox.core.identifiers import Identifiers
from sandbox.core.store import Store
from sandbox.stripe.errors import StripeError
from sandbox.stripe.form import Tree
from sandbox.stripe.resource import Operation

_RESTRICTED = "stripe_restricted_key"
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
    """Who asks: the account itself, a browser with the publishable key, or a restricted key.

    `permissions` of a restricted key: `read` or `write` by the first part of an operation's name.
    """

    public: bool = False
    restricted: str | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)

    def check_allowed(self, operation: Operation) -> None:
        """Raise StripeError when the key is not enough."""
        if self.public and not operation.public:
            raise StripeError(401, _NOT_ENOUGH, code="secret_key_required")
        if self.restricted is None:
            return
        needed = "read" if operation.method == "GET" else "write"
        resource = operation.name.split(".")[0]
        if self.permissions.get(resource) not in {needed, "write"}:
            message = (
                f"The provided key '{self.restricted}' does not have the required permissions for this endpoint. Having"
                f" the '{needed}' permission on {resource} would allow this request to continue."
            )
            raise StripeError(403, message)


def add_restricted(store: Store, identifiers: Identifiers, permissions: Mapping[str, str]) -> str:
    """A new `rk_test_…` key with exactly these permissions."""
    key = f"rk_test_{identifiers.text(24)}"
    store.put(_RESTRICTED, key, {"id": key, "permissions": dict(permissions)})
    return key


def authenticate(context: Context, request: Request, tree: Tree) -> Caller:
    """Take the key from the header (Bearer or Basic) or, as Stripe.js sends it, from the form. Raises
    StripeError.
    """
    key = _from_header(request.headers.get("authorization")) or tree.pop("key", None)
    if not isinstance(key, str) or not key:
        raise StripeError(401, _NO_KEY)
    settings = context.settings
    if hmac.compare_digest(key.encode(), settings.stripe_secret_key.encode()):
        return Caller()
    if hmac.compare_digest(key.encode(), settings.stripe_publishable_key.encode()):
        return Caller(public=True)
    restricted = context.store.get(_RESTRICTED, key)
    if restricted is not None:
        return Caller(restricted=_masked(key), permissions=restricted["permissions"])
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
