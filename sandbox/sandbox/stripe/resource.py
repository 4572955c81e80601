"""What the stand-in declares about each Stripe object and each API operation; the tables are put together
in `catalog`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.core.store import Document
from sandbox.stripe.parameters import Params
from sandbox.stripe.sdk import Shape

if TYPE_CHECKING:
    from sandbox.stripe.work import Work

Render = Callable[["Work", Document], None]
Include = Callable[["Work", Document], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request as an operation sees it: ids out of the path, checked parameters, which key was used."""

    path: Mapping[str, str]
    params: Params
    public: bool = False


Handler = Callable[["Work", Call], Document]


@dataclass(frozen=True, slots=True)
class Resource:
    """An object type: `name` as in its `object` field, `label` as error texts call it, its class in the SDK.

    `render` completes a copy of the stored document to the API's form; `include` makes the fields that are
    absent unless a client expands them.
    """

    name: str
    label: str
    sdk_class: str
    render: Render | None = None
    include: Mapping[str, Include] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint: `params` names the SDK's TypedDict, `returns` its class. `public` ones take a
    publishable key too; of `rendered` ones the handler returns the API's form already.
    """

    name: str
    method: str
    path: str
    params: str
    handler: Handler
    returns: str
    listing: bool = False
    public: bool = False
    extra: Mapping[str, Shape] = field(default_factory=dict)
    rendered: bool = False


def operation(
    name: str,
    route: str,
    params: str,
    handler: Handler,
    returns: str,
    *,
    listing: bool = False,
    public: bool = False,
    extra: Mapping[str, Shape] | None = None,
    rendered: bool = False,
) -> Operation:
    """An `Operation` from a route such as `POST /v1/customers/{id}`."""
    method, path = route.split(" ", 1)
    return Operation(name, method, path, params, handler, returns, listing, public, extra or {}, rendered)
